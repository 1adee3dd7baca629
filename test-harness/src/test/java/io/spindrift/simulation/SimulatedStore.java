package io.spindrift.simulation;

import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalServerChannel;
import io.spindrift.engine.EngineSettings;
import io.spindrift.engine.ImageEngine;
import io.spindrift.server.ServerSettings;
import io.spindrift.server.StorageServer;
import io.spindrift.store.FaultyStore;
import io.spindrift.store.MemoryStore;
import java.time.Duration;
import java.util.List;

/** A storage server: its process comes and goes, what it put into its store stays. */
final class SimulatedStore {
    static final String USER = "alice";
    static final String SECRET = "wonderland";
    static final Duration LEASE_TIME = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofMinutes(5);

    private final SimulatedWorld world;
    final FaultyStore objects;
    private final List<SimulatedLink> links;
    private SimulatedProcess process;
    private int lives;

    /** @param links the ways that lead here */
    SimulatedStore(SimulatedWorld world, List<SimulatedLink> links) {
        this.world = world;
        this.links = links;
        objects = new FaultyStore(new MemoryStore(), world.random().nextLong());
    }

    void start() {
        lives++;
        process = world.start("store");
        // Checkpoints come often, so that recoveries begin at different ones.
        EngineSettings settings = new EngineSettings(LEASE_TIME, 4, 8, 1 << 20, 16, 0.5, Duration.ofSeconds(2), Duration.ofDays(7));
        ImageEngine engine = new ImageEngine(settings, objects, process.loop(), process.blocking(), world.instants(), world.newRandom());
        world.await("the engine opens", LONG, engine.open());
        StorageServer server = new StorageServer(ServerSettings.of(List.of(new ServerSettings.User(USER, SECRET))), engine::catalog,
                process.loop(), LocalServerChannel::new, world.newRandom());
        LocalAddress address = new LocalAddress("store-" + lives + "-" + world.seed() + "-" + System.identityHashCode(world));
        world.await("the server listens", LONG, server.start(address));
        links.forEach(link -> link.leadsTo(process, address));
    }

    void kill() {
        world.kill(process);
    }
}
