package io.spindrift.iscsi;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** How many connections there are, in total and by address (with IPv6: by network). Made by the server; any thread, never on the data path. */
final class ConnectionLimits {
    private final int most;
    private final int mostByAddress;
    private final Map<InetAddress, Integer> byAddress = new HashMap<>();
    private int count;

    ConnectionLimits(int most, int mostByAddress) {
        this.most = most;
        this.mostByAddress = mostByAddress;
    }

    /** Counts a connection in; false where it is one too many. */
    synchronized boolean enter(SocketAddress from) {
        if (count >= most) {
            return false;
        }
        if (from instanceof InetSocketAddress) {
            InetAddress holder = holder((InetSocketAddress) from);
            int now = byAddress.getOrDefault(holder, 0);
            if (now >= mostByAddress) {
                return false;
            }
            byAddress.put(holder, now + 1);
        }
        count++;
        return true;
    }

    synchronized void leave(SocketAddress from) {
        count--;
        if (from instanceof InetSocketAddress) {
            byAddress.computeIfPresent(holder((InetSocketAddress) from), (address, now) -> now == 1 ? null : now - 1);
        }
    }

    /** With IPv6 a host has a network of 64 bits to choose addresses from, so all of them count as one. */
    private static InetAddress holder(InetSocketAddress from) {
        InetAddress address = from.getAddress();
        if (!(address instanceof Inet6Address) || address.isLoopbackAddress() || address.isLinkLocalAddress()) {
            return address;
        }
        byte[] network = address.getAddress();
        Arrays.fill(network, network.length / 2, network.length, (byte) 0);
        try {
            return InetAddress.getByAddress(network);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
