package io.spindrift.scsi;

/**
 * An I_T nexus (SAM-6 4.6): who talks to which target through which port. Unit attentions and reservations are kept by nexus.
 * Two values are equal where they name the same nexus, so that a session that is reinstated keeps its own.
 *
 * @param initiatorPort the initiator port name: for iSCSI {@code name,i,0xISID} (RFC 7143 4.2.7)
 * @param targetPort the target port name: for iSCSI {@code name,t,0xTPGT}
 * @param targetPortalGroup the portal group tag, 1 to 65535
 */
public record Nexus(String initiatorPort, String targetPort, int targetPortalGroup) {
    /** The initiator's name, whatever its port. */
    public String initiatorName() {
        int end = initiatorPort.indexOf(',');
        return end < 0 ? initiatorPort : initiatorPort.substring(0, end);
    }
}
