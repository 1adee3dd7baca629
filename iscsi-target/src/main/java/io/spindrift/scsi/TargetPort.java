package io.spindrift.scsi;

/**
 * A SCSI target port: with iSCSI one for each portal group of the target (RFC 7143 4.4.4).
 *
 * @param relativeIdentifier the RELATIVE TARGET PORT IDENTIFIER (SPC-5 4.3.4), 1 to 65535, unique in the target
 * @param group the TARGET PORT GROUP, 0 to 65535; ports of a group have one access state
 * @param preferred whether the group is where initiators should go first (PREF, SPC-5 6.37)
 */
public record TargetPort(int relativeIdentifier, int group, boolean preferred) {
    public TargetPort {
        if (relativeIdentifier < 1 || relativeIdentifier > 0xFFFF || group < 0 || group > 0xFFFF) {
            throw new IllegalArgumentException("a target port is 1 to 65535 in a group of 0 to 65535, not " + relativeIdentifier + " in " + group);
        }
    }
}
