package io.spindrift.iscsi;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;

/** How many connections there are, in total and by address. Made by the server; any thread, never on the data path. */
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
            InetAddress address = ((InetSocketAddress) from).getAddress();
            int now = byAddress.getOrDefault(address, 0);
            if (now >= mostByAddress) {
                return false;
            }
            byAddress.put(address, now + 1);
        }
        count++;
        return true;
    }

    synchronized void leave(SocketAddress from) {
        count--;
        if (from instanceof InetSocketAddress) {
            byAddress.computeIfPresent(((InetSocketAddress) from).getAddress(), (address, now) -> now == 1 ? null : now - 1);
        }
    }
}
