package io.spindrift.config.daemon;

import io.spindrift.config.admin.AdminServer;
import io.spindrift.config.admin.StoreRoutes;
import io.spindrift.config.process.Closing;
import io.spindrift.config.process.Console;
import io.spindrift.config.process.ExitCode;
import io.spindrift.config.process.HostThreads;
import io.spindrift.config.process.RunningDaemon;
import io.spindrift.config.process.StartException;
import io.spindrift.config.process.Transport;
import io.spindrift.config.process.Version;
import io.spindrift.config.settings.StoreSettings;
import io.spindrift.config.settings.value.HostPort;
import io.spindrift.engine.EngineSettings;
import io.spindrift.image.ImageCatalog;
import io.spindrift.server.ServerSettings;
import io.spindrift.server.StorageServer;
import java.io.PrintStream;
import java.nio.channels.ServerSocketChannel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A storage server: the engine over a store, for hosts. Made by the {@code store} command; {@link #close} ends it. Both on the main thread. */
public final class StorageDaemon implements RunningDaemon {
    private static final Logger LOG = LoggerFactory.getLogger(StorageDaemon.class);
    private static final int LOOPS = 2;

    private final Closing opened = new Closing();
    private HostPort listening;

    private StorageDaemon() {}

    /** Starts; returns when hosts can connect. @param out where the READY line goes */
    public static StorageDaemon start(StoreSettings settings, PrintStream out) throws StartException {
        StorageDaemon daemon = new StorageDaemon();
        try {
            daemon.assemble(settings);
            new Console(out).ready("spindrift-store://" + Portals.reachable(daemon.listening));
            return daemon;
        } catch (StartException | RuntimeException failed) {
            daemon.opened.close();
            throw failed;
        }
    }

    private void assemble(StoreSettings settings) throws StartException {
        Transport transport = Transport.choose(settings.common().transport());
        FreeAddress.require("server.listen", settings.listen());
        ServerSocketChannel adminSocket = settings.admin() == null ? null : opened.add(FreeAddress.take("server.admin", settings.admin()));
        HostThreads threads = opened.add(new HostThreads(transport, LOOPS));
        ImageStorage storage = opened.add(ImageStorage.embedded("server.store", settings.store(), engineSettings(settings), threads));
        storage.scrub(settings.common().scrubBytesPerSecond());
        Map<String, ImageCatalog> catalogs = new HashMap<>();
        settings.users().keySet().forEach(user -> catalogs.put(user, storage.catalog(user)));
        List<ServerSettings.User> users = settings.users().entrySet().stream().map(user -> new ServerSettings.User(user.getKey(), user.getValue())).toList();
        StorageServer server =
                new StorageServer(ServerSettings.of(users), catalogs::get, threads.storage(), transport.servers(), threads.random());
        listening = listen(server, settings.listen());
        opened.add(() -> server.stop().join());
        if (adminSocket != null) {
            opened.add(AdminServer.start(settings.admin().host(), adminSocket, new StoreRoutes(Version.text(), Map.copyOf(catalogs), storage::scrubbed)));
        }
        LOG.info("images lie in {}", settings.store());
    }

    private static EngineSettings engineSettings(StoreSettings settings) {
        EngineSettings plain = EngineSettings.defaults();
        return new EngineSettings(settings.leaseTime(), plain.putsInFlight(), plain.readsInFlight(), plain.indexCacheBytes(), plain.checkpointEvery(),
                plain.compactBelow(), plain.quietAfter(), plain.deletionHorizon());
    }

    private static HostPort listen(StorageServer server, HostPort wanted) throws StartException {
        try {
            return Portals.of(server.start(wanted.resolve()).join());
        } catch (CompletionException failed) {
            Throwable cause = failed.getCause() == null ? failed : failed.getCause();
            throw new StartException("server.listen: " + wanted + " can't be listened on: " + cause.getMessage(), cause);
        }
    }

    /** As bound. */
    public HostPort listening() {
        return listening;
    }

    @Override
    public ExitCode close() {
        opened.close();
        LOG.info("closed");
        return ExitCode.OK;
    }
}
