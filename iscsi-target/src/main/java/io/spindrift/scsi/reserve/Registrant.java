package io.spindrift.scsi.reserve;

import io.spindrift.scsi.Nexus;

/**
 * Who registers: an initiator port through a target port. An I_T nexus without the target's name, because the same image is the same unit
 * under whatever name a host presents it.
 *
 * @param initiatorPort as {@link Nexus#initiatorPort}
 * @param targetPort the relative target port identifier, which is the portal group's tag
 */
record Registrant(String initiatorPort, int targetPort) {
    static Registrant of(Nexus nexus) {
        return new Registrant(nexus.initiatorPort(), nexus.targetPortalGroup());
    }

    /** The initiator's name in front of {@code ,i,0x...}. */
    String initiatorName() {
        int comma = initiatorPort.indexOf(",i,");
        return comma < 0 ? initiatorPort : initiatorPort.substring(0, comma);
    }
}
