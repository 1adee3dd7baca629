package io.spindrift.iscsi;

import io.netty.channel.Channel;
import io.netty.util.NetUtil;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The TargetAddress values that a peer is told (RFC 7143 13.8): those of the portals that it can reach, as it reaches them. Pure code. */
final class PortalAddresses {
    private PortalAddresses() {}

    /** First the address that {@code peer} came to; each as {@code HOST:PORT,TAG}. */
    static Set<String> of(Channel peer, List<IscsiPortal> portals) {
        SocketAddress reached = peer.localAddress();
        Set<String> addresses = new LinkedHashSet<>();
        addresses.add(text(reached) + "," + peer.attr(IscsiPortal.GROUP).get());
        for (IscsiPortal portal : portals) {
            SocketAddress seen = asSeen(portal.address(), reached);
            if (seen != null) {
                addresses.add(text(seen) + "," + portal.group());
            }
        }
        return addresses;
    }

    /**
     * A portal that listens on every address is seen under the one that the peer came to, if that is of its family (one for IPv6
     * takes both). One of this machine alone, or of one link, is not seen from elsewhere.
     *
     * @return null where the peer can't see it
     */
    static SocketAddress asSeen(SocketAddress portal, SocketAddress reached) {
        if (!(portal instanceof InetSocketAddress) || !(reached instanceof InetSocketAddress)) {
            return portal;
        }
        InetAddress own = ((InetSocketAddress) portal).getAddress();
        InetAddress came = ((InetSocketAddress) reached).getAddress();
        if (own.isAnyLocalAddress()) {
            boolean fits = own instanceof Inet6Address || !(came instanceof Inet6Address);
            return fits ? new InetSocketAddress(came, ((InetSocketAddress) portal).getPort()) : null;
        }
        if (own.isLoopbackAddress() && !came.isLoopbackAddress() || own.isLinkLocalAddress() && !came.isLinkLocalAddress()) {
            return null;
        }
        return portal;
    }

    private static String text(SocketAddress address) {
        if (!(address instanceof InetSocketAddress)) {
            return String.valueOf(address);
        }
        InetSocketAddress inet = (InetSocketAddress) address;
        String host = NetUtil.toAddressString(inet.getAddress());
        return (inet.getAddress() instanceof Inet6Address ? "[" + host + "]" : host) + ":" + inet.getPort();
    }
}
