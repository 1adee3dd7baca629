package io.spindrift.config.volumes;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiTarget;
import io.spindrift.scsi.target.LogicalUnitTarget;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The targets that have at least one volume, each with its home loop. A target is presented with its first logical unit and removed with its last. Made by
 * the assembly; any thread.
 */
public final class ServedTargets {
    private final IscsiServer server;
    private final EventLoopGroup homes;
    private final String iqnPrefix;
    private final Map<String, Target> targets = new HashMap<>();

    public ServedTargets(IscsiServer server, EventLoopGroup homes, String iqnPrefix) {
        this.server = server;
        this.homes = homes;
        this.iqnPrefix = iqnPrefix;
    }

    /** @param word the target's name after the prefix */
    String iqn(String word) {
        return iqnPrefix + ":" + word;
    }

    /** The target of that name, for one more volume; {@link #leave} gives it back. */
    synchronized Target join(String word) {
        Target target = targets.computeIfAbsent(word, name -> new Target(iqn(name), homes.next()));
        target.volumes++;
        return target;
    }

    /** Presents the target where it is not presented yet: once its first unit is in it. */
    synchronized void present(Target target) {
        if (!target.presented) {
            target.presented = true;
            server.addTarget(new IscsiTarget(target.iqn, "", target.units, target.home));
        }
    }

    /** Done when, where this was the last volume, the target's sessions have ended. */
    synchronized CompletableFuture<Void> leave(String word) {
        Target target = targets.get(word);
        if (--target.volumes > 0) {
            return CompletableFuture.completedFuture(null);
        }
        targets.remove(word);
        return target.presented ? server.removeTarget(target.iqn) : CompletableFuture.completedFuture(null);
    }

    /** One target. Its counters are guarded by the map's owner. */
    static final class Target {
        private final String iqn;
        private final EventLoop home;
        private final LogicalUnitTarget units;
        private int volumes;
        private boolean presented;

        Target(String iqn, EventLoop home) {
            this.iqn = iqn;
            this.home = home;
            this.units = new LogicalUnitTarget(home);
        }

        String iqn() {
            return iqn;
        }

        EventLoop home() {
            return home;
        }

        LogicalUnitTarget units() {
            return units;
        }
    }
}
