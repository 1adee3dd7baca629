package io.spindrift.harness.initiator;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a logical unit is: {@code iscsi://HOST:PORT/IQN/LUN}, as libiscsi and QEMU write it. */
public record TargetUrl(String host, int port, String target, int lun) {
    private static final Pattern FORM = Pattern.compile("iscsi://(\\[[^]]+]|[^:/]+)(?::(\\d{1,5}))?/([^/]+)/(\\d{1,3})");
    private static final int DEFAULT_PORT = 3260;

    public TargetUrl {
        if (lun < 0 || lun > 255) {
            throw new IllegalArgumentException("lun must be 0 to 255, not " + lun);
        }
    }

    public static TargetUrl parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a target is iscsi://HOST:PORT/IQN/LUN, not " + text);
        }
        int port = parts.group(2) == null ? DEFAULT_PORT : Integer.parseInt(parts.group(2));
        String host = parts.group(1).replaceAll("[\\[\\]]", "");
        return new TargetUrl(host, port, parts.group(3), Integer.parseInt(parts.group(4)));
    }

    InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    /** The unit in the eight bytes of a PDU's LUN field: peripheral device addressing (SAM-5 4.7.7.2). */
    long lunField() {
        return (long) lun << 48;
    }
}
