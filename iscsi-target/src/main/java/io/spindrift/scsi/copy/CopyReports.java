package io.spindrift.scsi.copy;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * What is told of copies: the reports of RECEIVE COPY RESULTS (SPC-4 6.20 to 6.24) and the Third-party Copy page (SPC-4 7.8.18). There is no segment
 * descriptor that holds data for the initiator, so RECEIVE COPY DATA is not one of the commands.
 */
final class CopyReports {
    static final int PAGE = 0x8F;
    private static final int LIST_IDENTIFIER = 2;
    private static final int IN_PROGRESS = 0x00;
    private static final int COMPLETED = 0x01;
    private static final int FAILED = 0x02;
    private static final int IN_BYTES = 0x00;
    private static final int IN_KIB = 0x01;

    private CopyReports() {}

    static void copyStatus(LogicalUnit unit, ScsiCommand command) {
        CopyResults.Result result = find(unit, command);
        if (result == null) {
            unit.invalidField(command, LIST_IDENTIFIER);
            return;
        }
        boolean fits = result.bytes() <= 0xFFFF_FFFFL;
        int status = !result.hasEnded() ? IN_PROGRESS : result.failure() == null ? COMPLETED : FAILED;
        byte[] bytes = new ParameterData()
                .u32(8)
                .u8(status)
                .u16(result.segments())
                .u8(fits ? IN_BYTES : IN_KIB)
                .u32(fits ? result.bytes() : result.bytes() >> 10)
                .toBytes();
        answer(unit, command, bytes);
    }

    /** Nothing but the length where the copy went well; refused while it goes on. */
    static void failureDetails(LogicalUnit unit, ScsiCommand command) {
        CopyResults.Result result = find(unit, command);
        if (result == null || !result.hasEnded()) {
            unit.invalidField(command, LIST_IDENTIFIER);
            return;
        }
        CopyFailure.Answer failure = result.failure();
        ParameterData details = new ParameterData().u32(0);
        if (failure != null) {
            byte[] sense = failure.sense() == null ? new byte[0] : failure.sense();
            details = new ParameterData().u32(56 + sense.length).zeros(52).u8(failure.status()).u8(0).u16(sense.length).bytes(sense);
        }
        answer(unit, command, details.toBytes());
    }

    private static CopyResults.Result find(LogicalUnit unit, ScsiCommand command) {
        return CopyPart.of(unit).results().find(command.nexus, Cdb.u8(command.cdb, LIST_IDENTIFIER));
    }

    static void operatingParameters(LogicalUnit unit, ScsiCommand command) {
        byte[] bytes = new ParameterData()
                .u32(42)
                .u8(0x01) // SNLID: a copy may have no list identifier
                .zeros(3)
                .u16(CopyLimits.CSCDS)
                .u16(CopyLimits.SEGMENTS)
                .u32(CopyLimits.DESCRIPTOR_BYTES)
                .u32(CopyLimits.SEGMENT_BYTES)
                .u32(CopyLimits.INLINE_BYTES)
                .u32(0) // no held data
                .u32(0) // no stream devices
                .u16(0)
                .u16(CopyLimits.CONCURRENT)
                .u8(CopyLimits.CONCURRENT)
                .u8(CopyLimits.GRANULARITY_SHIFT)
                .u8(0)
                .u8(0)
                .zeros(3)
                .u8(2)
                .u8(SegmentDescriptor.TYPE)
                .u8(CscdDescriptor.TYPE)
                .toBytes();
        answer(unit, command, bytes);
    }

    private static void answer(LogicalUnit unit, ScsiCommand command, byte[] bytes) {
        unit.data(command, bytes, Cdb.u32(command.cdb, 10));
    }

    /** Supported commands, parameter data, supported descriptors, general copy operations; each a multiple of four bytes. */
    static byte[] thirdPartyCopyPage() {
        ParameterData page = new ParameterData().u8(0x00).u8(PAGE).u16(0)
                .u16(0x0001).u16(12).u8(8)
                .u8(0x83).u8(1).u8(0x00)
                .u8(0x84).u8(3).u8(0x00).u8(0x03).u8(0x04)
                .zeros(3)
                .u16(0x0004).u16(28).u32(0)
                .u16(CopyLimits.CSCDS).u16(CopyLimits.SEGMENTS).u32(CopyLimits.DESCRIPTOR_BYTES).u32(CopyLimits.INLINE_BYTES)
                .zeros(12)
                .u16(0x0008).u16(4).u8(2).u8(SegmentDescriptor.TYPE).u8(CscdDescriptor.TYPE)
                .zeros(1)
                .u16(0x8001).u16(32)
                .u32(CopyLimits.CONCURRENT).u32(CopyLimits.CONCURRENT).u32(CopyLimits.SEGMENT_BYTES)
                .u8(CopyLimits.GRANULARITY_SHIFT).u8(0)
                .zeros(18);
        return page.put16(2, page.length() - 4).toBytes();
    }
}
