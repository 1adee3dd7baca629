package io.spindrift.config.daemon;

import io.spindrift.config.admin.AdminServer;
import io.spindrift.config.admin.HostRoutes;
import io.spindrift.config.process.Closing;
import io.spindrift.config.process.Console;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.process.HostThreads;
import io.spindrift.config.process.RunningDaemon;
import io.spindrift.config.process.StartException;
import io.spindrift.config.process.Transport;
import io.spindrift.config.settings.HostSettings;
import io.spindrift.config.settings.SettingsException;
import io.spindrift.config.settings.VolumeEntry;
import io.spindrift.config.settings.VolumesFile;
import io.spindrift.config.settings.value.AuthGroups;
import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.PortalAddress;
import io.spindrift.config.volumes.HostControls;
import io.spindrift.config.volumes.HostFolder;
import io.spindrift.config.volumes.HostVolumes;
import io.spindrift.config.volumes.ServedTargets;
import io.spindrift.config.volumes.ServedVolume;
import io.spindrift.config.volumes.StatusReader;
import io.spindrift.config.volumes.StoreSpace;
import io.spindrift.config.volumes.VolumeParts;
import io.spindrift.image.ImageCatalog;
import io.spindrift.iscsi.IscsiPortal;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiSettings;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.volume.CloseResult;
import java.io.PrintStream;
import java.nio.channels.ServerSocketChannel;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A host: iSCSI targets over cached volumes over a catalog of images. Made by the {@code serve} command; {@link #close} ends it. Both on the main thread.
 *
 * <p>Order: addresses are looked at; folders and what they remember, threads, store, portals, volumes; then initiators are let in, for who comes back to
 * a daemon that was replaced is to find its disks; then, so that it holds up no disk, the admin server. The end: most of what is dirty goes into the image
 * while initiators are served still, so that the next daemon is not waited for longer than it takes.
 */
public final class HostDaemon implements RunningDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(HostDaemon.class);
    private static final long SETTLE_SECONDS = 10;

    private final Closing opened = new Closing();
    private HostVolumes volumes;
    private IscsiServer server;
    private List<HostPort> portals;
    private AdminServer admin;

    private HostDaemon() {}

    /**
     * Starts; returns when every volume is ready, or waits for something that takes long.
     *
     * @param acceptOlder by volume: the time of the image's state that the operator accepts
     * @param out where READY and STANDBY lines go
     */
    public static HostDaemon start(HostSettings settings, Map<String, Instant> acceptOlder, PrintStream out) throws StartException, SettingsException {
        HostDaemon daemon = new HostDaemon();
        try {
            daemon.assemble(settings, acceptOlder, new Console(out));
            return daemon;
        } catch (StartException | SettingsException | RuntimeException failed) {
            daemon.opened.close();
            throw failed;
        }
    }

    private void assemble(HostSettings settings, Map<String, Instant> acceptOlder, Console console) throws StartException, SettingsException {
        Transport transport = Transport.choose(settings.common().transport());
        for (PortalAddress portal : settings.target().portals()) {
            FreeAddress.require("target.portals", portal.at());
        }
        ServerSocketChannel adminSocket = settings.admin() == null ? null : opened.add(FreeAddress.take("admin.listen", settings.admin()));
        HostFolder folder = opened.add(HostFolder.take("cache.directory", settings.cacheDirectory()));
        VolumesFile made = new VolumesFile(folder.path());
        List<VolumeEntry> kept = made.read();
        HostThreads threads = opened.add(new HostThreads(transport, 1));
        ImageStorage storage = opened.add(ImageStorage.of(settings.storage(), threads));
        storage.scrub(settings.common().scrubBytesPerSecond());
        ImageCatalog catalog = storage.catalog(settings.storage().user());
        AuthGroups auth = settings.target().auth();
        server = new IscsiServer(iscsi(settings.target().pings()), threads.homes(), transport.servers(), threads.random(), auth.of(auth.discovery()));
        server.holdBack();
        portals = bind(settings.target().portals());
        VolumeParts parts = new VolumeParts(threads, catalog, folder.identity(threads.random()), folder, space(settings.storage(), threads),
                settings.common().scrubBytesPerSecond());
        int[] groups = settings.target().portals().stream().mapToInt(PortalAddress::group).toArray();
        ServedTargets targets = new ServedTargets(server, threads.homes(), settings.target().iqnPrefix(), auth, TargetPorts.ofGroups(groups));
        targets.redirect(settings.target().entries());
        volumes = new HostVolumes(parts, targets, console, Portals.reachable(portals.get(0)).toString(), made, threads.caches());
        volumes.start(settings.volumes(), kept, acceptOlder);
        settle();
        server.admit();
        StatusReader statuses = new StatusReader(server, threads.clock().instant(), transport.word(), portals.stream().map(HostPort::toString).toList());
        if (adminSocket != null) {
            admin = AdminServer.start(settings.admin().host(), adminSocket, new HostRoutes(new HostControls(volumes, parts, statuses, settings.origin())));
        }
    }

    private static IscsiSettings iscsi(HostSettings.Pings pings) {
        IscsiSettings usual = IscsiSettings.defaults();
        return usual.withTimes(usual.loginTimeoutMs(), (int) pings.interval().toMillis(), (int) pings.timeout().toMillis(), usual.logoutWaitMs());
    }

    private StoreSpace space(HostSettings.Storage storage, HostThreads threads) {
        return opened.add(storage.embedded() ? StoreSpace.of(storage.directory(), threads.storageLoop(), threads.store()) : StoreSpace.unknown());
    }

    private List<HostPort> bind(List<PortalAddress> wanted) throws StartException {
        List<IscsiPortal> listened = new ArrayList<>();
        for (PortalAddress portal : wanted) {
            listened.add(new IscsiPortal(portal.at().resolve(), portal.group()));
        }
        try {
            return server.startPortals(listened).join().stream().map(Portals::of).toList();
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new StartException("target.portals: " + wanted + " can't be listened on: " + cause.getMessage(), cause);
        }
    }

    private void settle() {
        CompletableFuture<?>[] settled = volumes.all().stream().map(ServedVolume::settled).toArray(CompletableFuture<?>[]::new);
        try {
            CompletableFuture.allOf(settled).get(SETTLE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException slow) {
            LOG.info("some volumes are still opening; commands are served from now on");
        } catch (ExecutionException failed) {
            LOG.warn("a volume did not open: {}", String.valueOf(failed.getCause()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** The port of the admin server; -1 where there is none. */
    public int adminPort() {
        return admin == null ? -1 : admin.port();
    }

    /** As bound. */
    List<HostPort> portals() {
        return portals;
    }

    HostVolumes volumes() {
        return volumes;
    }

    @Override
    public ExitCode close() {
        if (admin != null) {
            admin.close();
        }
        volumes.drain().join();
        server.stop().exceptionally(failed -> null).join();
        CloseResult result = volumes.close().join();
        opened.close();
        if (result.clean()) {
            LOG.info("closed; the image holds everything");
            return ExitCode.OK;
        }
        LOG.warn("closed with {} bytes that only this host's journal holds: {}", result.dirtyBytes(), result.reason());
        return ExitCode.DIRT_LEFT;
    }
}
