package io.spindrift.iscsi;

import io.netty.channel.Channel;
import io.spindrift.iscsi.negotiation.TextPairs;
import io.spindrift.iscsi.session.IscsiSession;
import io.spindrift.iscsi.negotiation.TargetDirectory;
import io.spindrift.iscsi.session.TargetNode;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.random.RandomGenerator;
import org.jscsi.parser.datasegment.OperationalTextKey;

/** Which targets and sessions a server has, and where its portals are. Made by the server; any thread, never on the data path. */
final class TargetRegistry implements TargetDirectory {
    private static final int MOST_HANDLES = 65535;

    private final Map<String, TargetNode> targets = new ConcurrentSkipListMap<>();
    private final Map<Integer, IscsiSession> sessions = new ConcurrentHashMap<>();
    private final RandomGenerator random;
    private volatile List<SocketAddress> portals = List.of();

    TargetRegistry(RandomGenerator random) {
        this.random = random;
    }

    void portals(List<SocketAddress> bound) {
        portals = List.copyOf(bound);
    }

    void add(TargetNode node) {
        if (targets.putIfAbsent(node.name(), node) != null) {
            throw new IllegalArgumentException("a target " + node.name() + " is here already");
        }
    }

    TargetNode remove(String name) {
        return targets.remove(name);
    }

    /** The target of that name; null for none. */
    TargetNode find(String name) {
        return targets.get(name);
    }

    Collection<TargetNode> targets() {
        return targets.values();
    }

    Collection<IscsiSession> sessions() {
        return sessions.values();
    }

    boolean hasSession(int tsih) {
        return sessions.containsKey(tsih);
    }

    /** A handle that no session has, not 0; 0 where all are taken. */
    synchronized int freeHandle() {
        int first = random.nextInt(MOST_HANDLES);
        for (int i = 0; i < MOST_HANDLES; i++) {
            int handle = (first + i) % MOST_HANDLES + 1;
            if (!sessions.containsKey(handle)) {
                return handle;
            }
        }
        return 0;
    }

    void joined(IscsiSession session) {
        int tsih = session.peer().tsih();
        sessions.put(tsih, session);
        session.ended().thenRun(() -> sessions.remove(tsih, session));
    }

    @Override
    public void describeAll(String initiatorName, Channel peer, StringBuilder out) {
        for (TargetNode node : targets.values()) {
            if (node.access().list().allows(initiatorName, peer.remoteAddress())) {
                describe(node, peer, out);
            }
        }
    }

    @Override
    public void describe(String targetName, String initiatorName, Channel peer, StringBuilder out) {
        TargetNode node = targets.get(targetName);
        if (node != null && node.access().list().allows(initiatorName, peer.remoteAddress())) {
            describe(node, peer, out);
        }
    }

    private void describe(TargetNode node, Channel peer, StringBuilder out) {
        TextPairs.append(out, OperationalTextKey.TARGET_NAME.value(), node.name());
        Set<String> addresses = new LinkedHashSet<>();
        addresses.add(address(peer.localAddress(), peer.localAddress()));
        for (SocketAddress portal : portals) {
            addresses.add(address(portal, peer.localAddress()));
        }
        for (String address : addresses) {
            TextPairs.append(out, OperationalTextKey.TARGET_ADDRESS.value(), address + "," + TargetNode.PORTAL_GROUP);
        }
    }

    /** A portal as the peer reaches it: one that listens on every address is shown by the address the peer came to. */
    private static String address(SocketAddress portal, SocketAddress reached) {
        if (!(portal instanceof InetSocketAddress)) {
            return String.valueOf(portal);
        }
        InetSocketAddress inet = (InetSocketAddress) portal;
        boolean any = inet.getAddress().isAnyLocalAddress() && reached instanceof InetSocketAddress;
        String host = (any ? (InetSocketAddress) reached : inet).getAddress().getHostAddress();
        int scope = host.indexOf('%');
        String bare = scope < 0 ? host : host.substring(0, scope);
        return (bare.indexOf(':') < 0 ? bare : "[" + bare + "]") + ":" + inet.getPort();
    }
}
