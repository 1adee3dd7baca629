package io.spindrift.iscsi.session;

import io.netty.channel.EventLoop;
import io.spindrift.iscsi.auth.TargetAccess;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A target's side of its sessions: who is in, who comes back, and task management across them. Made by the server; but for
 * {@link #sessions} everything runs on the target's home loop.
 */
public final class TargetNode {
    private final String name;
    private final String alias;
    private final ScsiTarget scsi;
    private final EventLoop home;
    private final TargetAccess access;
    private final List<IscsiSession> sessions = new CopyOnWriteArrayList<>();
    private boolean removed;

    public TargetNode(String name, String alias, ScsiTarget scsi, EventLoop home, TargetAccess access) {
        this.name = name;
        this.alias = alias;
        this.scsi = scsi;
        this.home = home;
        this.access = access;
    }

    public String name() {
        return name;
    }

    public String alias() {
        return alias;
    }

    public EventLoop home() {
        return home;
    }

    /** Who may log in. */
    public TargetAccess access() {
        return access;
    }

    ScsiTarget scsi() {
        return scsi;
    }

    /** Its sessions now; any thread. */
    public List<IscsiSession> sessions() {
        return sessions;
    }

    /** The nexus of an initiator through a portal group (RFC 7143 4.2.7 and 4.4.4). {@code isid} is 6 bytes. */
    public Nexus nexus(String initiatorName, long isid, int portalGroup) {
        return new Nexus(initiatorName + ",i,0x" + String.format("%012x", isid), name + ",t,0x" + String.format("%04x", portalGroup),
            portalGroup);
    }

    /**
     * Makes way for a new session of {@code nexus}: one that is there is ended first (session reinstatement, RFC 7143 6.3.5).
     *
     * @return done when the nexus is free; false where the target is no more
     */
    public CompletableFuture<Boolean> makeWay(Nexus nexus) {
        if (removed) {
            return CompletableFuture.completedFuture(false);
        }
        for (IscsiSession session : sessions) {
            if (session.nexus().equals(nexus)) {
                return session.end("reinstated by its initiator").thenCompose(gone -> makeWay(nexus));
            }
        }
        return CompletableFuture.completedFuture(true);
    }

    /** A session begins; its nexus is free. */
    void joined(IscsiSession session) {
        sessions.add(session);
        scsi.nexusEstablished(session.nexus());
    }

    /** A session is over, with all its commands. */
    void left(IscsiSession session) {
        if (sessions.remove(session)) {
            scsi.nexusLost(session.nexus());
        }
    }

    /** Lets no other session in, asks the initiators of those that are here to log out, and drops those that are here after {@code waitMs}. */
    public CompletableFuture<Void> remove(int waitMs, String reason) {
        removed = true;
        return askForLogout(waitMs, reason);
    }

    /** Asks all initiators to log out. @return done when the sessions that are here now have ended, after {@code waitMs} at the latest */
    public CompletableFuture<Void> askForLogout(int waitMs, String reason) {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (IscsiSession session : sessions) {
            ends.add(waitMs > 0 ? session.askForLogout(waitMs, reason) : session.drop(reason));
        }
        return CompletableFuture.allOf(ends.toArray(new CompletableFuture<?>[0]));
    }

    /** Drops every session, {@code last} last. */
    void dropSessions(IscsiSession last, String reason) {
        for (IscsiSession session : sessions) {
            if (session != last) {
                session.drop(reason);
            }
        }
        last.drop(reason);
    }
}
