package io.spindrift.scsi.reserve;

import java.util.List;

/**
 * A PERSISTENT RESERVE OUT, understood (SPC-5 6.16).
 *
 * @param scopeAndType byte 2 of the CDB
 * @param key RESERVATION KEY
 * @param serviceKey SERVICE ACTION RESERVATION KEY
 * @param others for REGISTER with SPEC_I_PT or ALL_TG_PT, and REGISTER AND IGNORE with the latter: who else is meant; for REGISTER AND MOVE:
 *     where the reservation goes
 */
record ReserveOut(Action action, int scopeAndType, long key, long serviceKey, Options options, List<Registrant> others) {
    /** The service actions, each at its code. */
    enum Action {
        REGISTER,
        RESERVE,
        RELEASE,
        CLEAR,
        PREEMPT,
        PREEMPT_AND_ABORT,
        REGISTER_AND_IGNORE_EXISTING_KEY,
        REGISTER_AND_MOVE;

        int code() {
            return ordinal();
        }

        boolean registers() {
            return this == REGISTER || this == REGISTER_AND_IGNORE_EXISTING_KEY;
        }
    }

    /**
     * The bits of the parameter list.
     *
     * @param survivesPowerLoss APTPL
     * @param allPorts ALL_TG_PT
     * @param namesPorts SPEC_I_PT
     * @param unregisters UNREG of REGISTER AND MOVE
     */
    record Options(boolean survivesPowerLoss, boolean allPorts, boolean namesPorts, boolean unregisters) {}

    /** @return null where the scope is not the logical unit, or the type is none */
    ReservationType type() {
        return scopeAndType >>> 4 == 0 ? ReservationType.of(scopeAndType & 0x0F) : null;
    }
}
