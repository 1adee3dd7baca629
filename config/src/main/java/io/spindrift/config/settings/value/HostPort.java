package io.spindrift.config.settings.value;

import java.net.InetSocketAddress;

/**
 * An address to listen on or to connect to, as it is written: {@code HOST:PORT}, IPv6 in brackets.
 *
 * @param host name or address, without brackets
 * @param port 0 to 65535; 0, where listening, lets the system choose
 */
public record HostPort(String host, int port) {
    public static final String ALLOWED = "HOST:PORT such as 127.0.0.1:3260 or [::1]:3260, the port between 0 and 65535";

    public HostPort {
        if (host.isEmpty() || port < 0 || port > 65535) {
            throw new IllegalArgumentException(ALLOWED);
        }
    }

    /** @throws IllegalArgumentException with what is allowed */
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 1 || !text.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IllegalArgumentException(ALLOWED);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(ALLOWED);
        }
        return new HostPort(host, Integer.parseInt(text.substring(colon + 1)));
    }

    /** Looks the name up, which may block. Unresolved where that fails. */
    public InetSocketAddress resolve() {
        return new InetSocketAddress(host, port);
    }

    /** To be looked up at every connect, by whoever connects. */
    public InetSocketAddress unresolved() {
        return InetSocketAddress.createUnresolved(host, port);
    }

    @Override
    public String toString() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
