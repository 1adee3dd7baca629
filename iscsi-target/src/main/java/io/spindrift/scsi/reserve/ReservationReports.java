package io.spindrift.scsi.reserve;

import io.spindrift.scsi.data.ParameterData;

/** The parameter data of PERSISTENT RESERVE IN (SPC-5 6.15). */
final class ReservationReports {
    /** CRH, SIP_C, ATP_C, PTPL_C. */
    private static final int CAPABILITIES = 0x10 | 0x08 | 0x04 | 0x01;
    private static final int TYPE_MASK_VALID = 0x80;
    /** ALLOW COMMANDS 001b: TEST UNIT READY runs beside every reservation; of the rest nothing is told. */
    private static final int TEST_UNIT_READY_ALLOWED = 0x10;

    private ReservationReports() {}

    static byte[] keys(PersistentReservations state) {
        ParameterData data = new ParameterData().u32(state.generation()).u32(8L * state.keys().size());
        state.keys().values().forEach(data::u64);
        return data.toBytes();
    }

    static byte[] reservation(PersistentReservations state) {
        ParameterData data = new ParameterData().u32(state.generation());
        if (state.type() == null) {
            return data.u32(0).toBytes();
        }
        return data.u32(16).u64(state.holderKey()).u32(0).u8(0).u8(state.type().code()).u16(0).toBytes();
    }

    static byte[] capabilities(PersistentReservations state) {
        return new ParameterData()
                .u16(8)
                .u8(CAPABILITIES)
                .u8(TYPE_MASK_VALID | TEST_UNIT_READY_ALLOWED | (state.survivesPowerLoss() ? 1 : 0))
                .u16(ReservationType.MASK)
                .u16(0)
                .toBytes();
    }

    static byte[] fullStatus(PersistentReservations state) {
        ParameterData list = new ParameterData();
        state.keys().forEach((registrant, key) -> {
            boolean holder = state.isHolder(registrant);
            byte[] id = TransportId.of(registrant.initiatorPort());
            list.u64(key).u32(0).u8(holder ? 1 : 0).u8(holder ? state.type().code() : 0).u32(0);
            list.u16(registrant.targetPort()).u32(id.length).bytes(id);
        });
        byte[] descriptors = list.toBytes();
        return new ParameterData().u32(state.generation()).u32(descriptors.length).bytes(descriptors).toBytes();
    }
}
