package io.spindrift.iscsi;

import io.netty.util.AttributeKey;
import java.net.SocketAddress;

/**
 * A network portal: where a server listens, and the portal group it belongs to (RFC 7143 4.4.1). Portals of one group are one SCSI
 * target port.
 *
 * @param group the target portal group tag, 1 to 65535
 */
public record IscsiPortal(SocketAddress address, int group) {
    /** The group of portals that name none. */
    public static final int FIRST_GROUP = 1;
    /** The group of the portal that a connection came to. */
    static final AttributeKey<Integer> GROUP = AttributeKey.valueOf(IscsiPortal.class, "group");
    private static final int MOST_GROUPS = 65535;

    public IscsiPortal {
        if (group < 1 || group > MOST_GROUPS) {
            throw new IllegalArgumentException("a portal group tag is 1 to " + MOST_GROUPS + ", not " + group);
        }
    }
}
