package io.spindrift.initiator.login;

import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a logical unit is: {@code iscsi://HOST:PORT/IQN/LUN}, as libiscsi and QEMU write it. */
public record TargetUrl(String host, int port, String target, int lun) {
    private static final Pattern FORM = Pattern.compile("iscsi://(\\[[^]]+]|[^:/@%]+)(?::(\\d{1,5}))?/([^/]+)/(\\d{1,3})");
    private static final Pattern PLACE = Pattern.compile("(\\[[^]]+]|[^:,]+)(?::(\\d{1,5}))?(?:,\\d+)?");
    private static final int DEFAULT_PORT = 3260;

    public TargetUrl {
        if (lun < 0 || lun > 255) {
            throw new IllegalArgumentException("lun must be 0 to 255, not " + lun);
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1 to 65535, not " + port);
        }
    }

    /** @throws IllegalArgumentException with what is allowed; the text is not repeated, since people put secrets there */
    public static TargetUrl parse(String text) {
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException("a target is iscsi://HOST:PORT/IQN/LUN, without user or secret");
        }
        return new TargetUrl(bare(parts.group(1)), port(parts.group(2)), parts.group(3), Integer.parseInt(parts.group(4)));
    }

    /** The same unit at another place, as a TargetAddress key names it: HOST:PORT,TAG (RFC 7143 13.8); null where it names none. */
    TargetUrl at(String address) {
        Matcher parts = PLACE.matcher(address);
        return parts.matches() ? new TargetUrl(bare(parts.group(1)), port(parts.group(2)), target, lun) : null;
    }

    private static String bare(String name) {
        return name.replaceAll("[\\[\\]]", "");
    }

    private static int port(String text) {
        return text == null ? DEFAULT_PORT : Integer.parseInt(text);
    }

    public InetSocketAddress address() {
        return new InetSocketAddress(host, port);
    }

    /** The unit in the eight bytes of a PDU's LUN field: peripheral device addressing (SAM-5 4.7.7.2). */
    public long lunField() {
        return (long) lun << 48;
    }

    @Override
    public String toString() {
        return "iscsi://" + (host.indexOf(':') < 0 ? host : '[' + host + ']') + ':' + port + '/' + target + '/' + lun;
    }
}
