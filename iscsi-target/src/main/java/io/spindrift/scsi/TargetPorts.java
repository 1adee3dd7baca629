package io.spindrift.scsi;

import java.util.Arrays;
import java.util.List;

/**
 * The ports of a SCSI target device, for VPD page 83h, REPORT TARGET PORT GROUPS and registrations through all ports. With iSCSI the relative
 * identifier of a port and its group are the portal group's tag, as {@link Nexus#targetPortalGroup} gives it. Asked on the target's home loop.
 */
public interface TargetPorts {
    /** One portal group, with tag 1. */
    TargetPorts SINGLE = ofGroups(1);

    /** In ascending order of their relative identifiers; at least one. */
    List<TargetPort> list();

    /** One port for each portal group tag, 1 to 65535; none is preferred. */
    static TargetPorts ofGroups(int... tags) {
        List<TargetPort> ports = Arrays.stream(tags).sorted().distinct().mapToObj(tag -> new TargetPort(tag, tag, false)).toList();
        if (ports.isEmpty()) {
            throw new IllegalArgumentException("a target has at least one port");
        }
        return () -> ports;
    }
}
