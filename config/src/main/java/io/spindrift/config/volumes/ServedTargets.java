package io.spindrift.config.volumes;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.spindrift.config.settings.HostSettings;
import io.spindrift.iscsi.IscsiRedirect;
import io.spindrift.config.settings.VolumeEntry;
import io.spindrift.config.settings.value.AuthGroups;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiTarget;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.scsi.copy.CopyRegistry;
import io.spindrift.scsi.target.LogicalUnitTarget;
import java.util.HashMap;
import java.util.List;
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
    private final AuthGroups auth;
    private final TargetPorts ports;
    private final Map<String, Target> targets = new HashMap<>();
    /** By auth: data is copied only between targets with the same rules of who may log in, so that a copy is no way around them. */
    private final Map<String, CopyRegistry> copies = new HashMap<>();

    /** @param ports of every target: one for each group of portals */
    public ServedTargets(IscsiServer server, EventLoopGroup homes, String iqnPrefix, AuthGroups auth, TargetPorts ports) {
        this.server = server;
        this.homes = homes;
        this.iqnPrefix = iqnPrefix;
        this.auth = auth;
        this.ports = ports;
    }

    /** Sends on who logs in to targets that another host serves. */
    public void redirect(List<HostSettings.TargetEntry> entries) {
        for (HostSettings.TargetEntry entry : entries) {
            if (entry.redirect() != null) {
                server.redirect(iqn(entry.name()), new IscsiRedirect(entry.redirect().toString(), entry.permanent()));
            }
        }
    }

    /** @param word the target's name after the prefix */
    String iqn(String word) {
        return iqnPrefix + ":" + word;
    }

    /** Why there can be no volume at {@code place}, as far as logging in goes; null where there can. */
    synchronized String refusal(VolumeEntry.Place place) {
        String name = auth.nameFor(place.auth());
        if (!auth.has(name)) {
            return "the settings file has no auth '" + name + "'";
        }
        Target target = targets.get(place.target());
        return target == null || target.auth.equals(name) ? null : "target " + place.target() + " has auth '" + target.auth + "', not '" + name + "'";
    }

    /** The target at that place, for one more volume; {@link #leave} gives it back. */
    synchronized Target join(VolumeEntry.Place place) {
        Target target = targets.computeIfAbsent(place.target(), name -> target(name, auth.nameFor(place.auth())));
        target.volumes++;
        return target;
    }

    private Target target(String word, String authName) {
        return new Target(iqn(word), homes.next(), authName, ports, copies.computeIfAbsent(authName, name -> new CopyRegistry()));
    }

    /** Presents the target where it is not presented yet: once its first unit is in it. */
    synchronized void present(Target target) {
        if (!target.presented) {
            target.presented = true;
            server.addTarget(new IscsiTarget(target.iqn, "", target.units, target.home, auth.of(target.auth)));
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
        private final String auth;
        private int volumes;
        private boolean presented;

        Target(String iqn, EventLoop home, String auth, TargetPorts ports, CopyRegistry copies) {
            this.iqn = iqn;
            this.home = home;
            this.auth = auth;
            this.units = new LogicalUnitTarget(home, ports, copies);
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
