package io.spindrift.config.daemon;

import io.netty.util.NetUtil;
import io.spindrift.config.settings.value.HostPort;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/** Bound addresses as people write them. */
final class Portals {
    private Portals() {}

    static HostPort of(SocketAddress bound) {
        InetSocketAddress address = (InetSocketAddress) bound;
        return new HostPort(NetUtil.toAddressString(address.getAddress()), address.getPort());
    }

    /** An address under which this host itself reaches {@code bound}: where that is any address, loopback. */
    static HostPort reachable(HostPort bound) {
        InetAddress address = bound.resolve().getAddress();
        if (address == null || !address.isAnyLocalAddress()) {
            return bound;
        }
        return new HostPort(address instanceof Inet6Address ? "::1" : "127.0.0.1", bound.port());
    }
}
