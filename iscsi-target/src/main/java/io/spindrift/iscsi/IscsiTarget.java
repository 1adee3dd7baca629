package io.spindrift.iscsi;

import io.netty.channel.EventLoop;
import io.spindrift.iscsi.auth.TargetAccess;
import io.spindrift.scsi.ScsiTarget;
import java.util.regex.Pattern;

/**
 * A target that a server presents.
 *
 * @param name iSCSI name (RFC 7143 4.2.7): {@code iqn.}, {@code eui.} or {@code naa.}, at most 223 bytes
 * @param alias what people call it; empty for none
 * @param scsi its logical units
 * @param home the loop where its sessions live, and where {@code scsi} is called
 * @param access who may log in
 */
public record IscsiTarget(String name, String alias, ScsiTarget scsi, EventLoop home, TargetAccess access) {
    private static final Pattern NAME = Pattern.compile("(iqn|eui|naa)\\.[a-z0-9.:-]{1,219}");

    public IscsiTarget {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(
                "an iSCSI name is iqn., eui. or naa. and then lower case letters, digits, '.', ':' or '-', not \"" + name + "\"");
        }
    }

    /** A target that everybody may log in to. */
    public IscsiTarget(String name, String alias, ScsiTarget scsi, EventLoop home) {
        this(name, alias, scsi, home, TargetAccess.OPEN);
    }
}
