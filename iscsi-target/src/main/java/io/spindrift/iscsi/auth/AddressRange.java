package io.spindrift.iscsi.auth;

import io.netty.util.NetUtil;
import java.net.InetAddress;

/**
 * Addresses that begin alike: {@code 10.1.0.0/16}, {@code fd00:1::/64}, or one address. IPv4 addresses that come mapped into IPv6
 * are IPv4 addresses.
 */
public final class AddressRange {
    private static final String ALLOWED = "an address such as 10.1.2.3 or fd00::1, or a range such as 10.1.0.0/16 or fd00::/8";

    private final String text;
    private final byte[] prefix;
    private final int bits;

    private AddressRange(String text, byte[] prefix, int bits) {
        this.text = text;
        this.prefix = prefix;
        this.bits = bits;
    }

    /** @throws IllegalArgumentException with what is allowed; names are not looked up */
    public static AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String host = slash < 0 ? text : text.substring(0, slash);
        byte[] address = host.indexOf('%') >= 0 ? null : NetUtil.createByteArrayFromIpAddressString(host);
        if (address == null) {
            throw new IllegalArgumentException(ALLOWED);
        }
        int bits = address.length * 8;
        if (slash >= 0) {
            String length = text.substring(slash + 1);
            if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > bits) {
                throw new IllegalArgumentException(ALLOWED);
            }
            bits = Integer.parseInt(length);
        }
        for (int bit = bits; bit < address.length * 8; bit++) {
            if (bit(address, bit) != 0) {
                throw new IllegalArgumentException("a range whose address has nothing behind its first " + bits + " bits; " + ALLOWED);
            }
        }
        return new AddressRange(text, address, bits);
    }

    boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        if (bytes.length != prefix.length) {
            return false;
        }
        for (int bit = 0; bit < bits; bit++) {
            if (bit(bytes, bit) != bit(prefix, bit)) {
                return false;
            }
        }
        return true;
    }

    private static int bit(byte[] bytes, int bit) {
        return bytes[bit >> 3] >> (7 - (bit & 7)) & 1;
    }

    @Override
    public String toString() {
        return text;
    }
}
