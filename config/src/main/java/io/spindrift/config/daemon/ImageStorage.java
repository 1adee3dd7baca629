package io.spindrift.config.daemon;

import io.spindrift.client.RemoteCatalog;
import io.spindrift.client.RemoteSettings;
import io.spindrift.config.process.HostThreads;
import io.spindrift.config.process.StartException;
import io.spindrift.config.settings.HostSettings;
import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.StoreLocation;
import io.spindrift.engine.EngineSettings;
import io.spindrift.engine.ImageEngine;
import io.spindrift.engine.check.StoreScrub;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageException;
import io.spindrift.store.DirectoryStore;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import io.spindrift.store.s3.S3Store;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** Where a daemon's images are: an engine over a store in this process, or storage servers. Made and closed by the assembly on the main thread; blocking. */
final class ImageStorage implements AutoCloseable {
    private final ImageEngine engine;
    private final SegmentStore store;
    private final RemoteCatalog remote;

    private ImageStorage(ImageEngine engine, SegmentStore store, RemoteCatalog remote) {
        this.engine = engine;
        this.store = store;
        this.remote = remote;
    }

    static ImageStorage of(HostSettings.Storage storage, HostThreads threads) throws StartException {
        return storage.embedded() ? embedded("storage.directory", new StoreLocation.Folder(storage.directory()), EngineSettings.defaults(), threads) : remote(storage, threads);
    }

    /** @param key names the store in complaints */
    static ImageStorage embedded(String key, StoreLocation location, EngineSettings settings, HostThreads threads) throws StartException {
        try {
            SegmentStore store = open(location, threads);
            ImageEngine engine = new ImageEngine(settings, store, threads.engine(), threads.store(), threads.clock(), threads.random());
            engine.open().join();
            return new ImageStorage(engine, store, null);
        } catch (StoreException unusable) {
            throw new StartException(key + ": " + unusable.getMessage(), unusable);
        } catch (CompletionException broken) {
            throw new StartException(key + ": " + ImageException.of(broken).getMessage(), broken);
        }
    }

    /** Another object store is another line here. */
    private static SegmentStore open(StoreLocation location, HostThreads threads) throws StoreException {
        if (location instanceof StoreLocation.Bucket bucket) {
            return S3Store.open(bucket.settings(), threads.random());
        }
        return new DirectoryStore(((StoreLocation.Folder) location).path());
    }

    private static ImageStorage remote(HostSettings.Storage storage, HostThreads threads) {
        List<SocketAddress> servers = new ArrayList<>();
        for (HostPort server : storage.servers()) {
            servers.add(server.unresolved());
        }
        RemoteSettings settings = RemoteSettings.of(servers, storage.user(), storage.secret());
        return new ImageStorage(null, null, new RemoteCatalog(settings, threads.storageLoop(), threads.transport().clients(), threads.random()));
    }

    /** For an embedded store, any user's; for storage servers, that of the user who was named. */
    ImageCatalog catalog(String user) {
        return engine == null ? remote : engine.catalog(user);
    }

    /** Scrubs an embedded store in the background; storage servers do that by themselves. @param bytesPerSecond 0 for never */
    void scrub(long bytesPerSecond) {
        if (engine != null) {
            engine.scrub(bytesPerSecond);
        }
    }

    /** How far the scrub of an embedded store has come. */
    CompletableFuture<StoreScrub.Status> scrubbed() {
        return engine == null ? CompletableFuture.completedFuture(StoreScrub.Status.NONE) : engine.scrubStatus();
    }

    @Override
    public void close() {
        if (engine == null) {
            remote.close().join();
        } else {
            engine.close().join();
            store.close();
        }
    }
}
