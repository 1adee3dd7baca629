package io.spindrift.iscsi;

import io.netty.channel.Channel;
import io.spindrift.iscsi.negotiation.TextPairs;
import io.spindrift.iscsi.session.IscsiSession;
import io.spindrift.iscsi.negotiation.TargetDirectory;
import io.spindrift.iscsi.session.TargetNode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
    private final Map<String, IscsiRedirect> redirects = new ConcurrentSkipListMap<>();
    private volatile List<IscsiPortal> portals = List.of();

    TargetRegistry(RandomGenerator random) {
        this.random = random;
    }

    void portals(List<IscsiPortal> bound) {
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

    /** Where that target is served; null where it is here, or nowhere. */
    IscsiRedirect redirect(String name) {
        return redirects.get(name);
    }

    /** @param elsewhere null where the target is here again */
    void redirect(String name, IscsiRedirect elsewhere) {
        if (elsewhere == null) {
            redirects.remove(name);
        } else {
            redirects.put(name, elsewhere);
        }
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
        Set<String> names = new TreeSet<>(targets.keySet());
        names.addAll(redirects.keySet());
        for (String name : names) {
            describe(name, initiatorName, peer, out);
        }
    }

    /** One that is served elsewhere is shown like the others: who logs in here is sent on. */
    @Override
    public void describe(String targetName, String initiatorName, Channel peer, StringBuilder out) {
        TargetNode node = targets.get(targetName);
        boolean shown = node == null ? redirects.containsKey(targetName) : node.access().list().allows(initiatorName, peer.remoteAddress());
        if (shown) {
            TextPairs.append(out, OperationalTextKey.TARGET_NAME.value(), targetName);
            for (String address : PortalAddresses.of(peer, portals)) {
                TextPairs.append(out, OperationalTextKey.TARGET_ADDRESS.value(), address);
            }
        }
    }
}
