package io.spindrift.simulation;

import io.spindrift.engine.EngineSettings;
import io.spindrift.engine.ImageEngine;
import io.spindrift.image.ImageCatalog;
import io.spindrift.server.ServerSettings;
import io.spindrift.server.StorageServer;
import io.spindrift.store.FaultyStore;
import io.spindrift.store.MemoryStore;
import io.spindrift.store.SegmentStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A storage server that dies and comes back, and the store that outlives it. Made by a {@link Simulation}. */
final class SimulatedServer {
    static final String USER = "alice";
    static final String SECRET = "simulated";
    static final Duration LEASE_TIME = Duration.ofSeconds(30);

    private static final Duration NEXT_TRY = Duration.ofMillis(500);
    private static final Duration USUAL_WORK = Duration.ofMillis(3);

    private final SimulatedWorld world;
    private final Weakness weakness;
    private final MemoryStore objects = new MemoryStore();
    private final FaultyStore store;
    private final EngineSettings settings;
    private final List<SimulatedLink> links = new ArrayList<>();
    private Duration longestWork = USUAL_WORK;
    private SimulatedProcess process;
    private long published;

    SimulatedServer(SimulatedWorld world, Weakness weakness) {
        this.world = world;
        this.weakness = weakness;
        store = new FaultyStore(watched(), world.random().nextLong());
        int checkpointEvery = 2 + world.random().nextInt(10);
        Duration quiet = Duration.ofMillis(100 + world.random().nextInt(3_000));
        settings = new EngineSettings(LEASE_TIME, 1 + world.random().nextInt(4), 4, 1 << 20, checkpointEvery, 0.5, quiet, Duration.ofDays(1));
    }

    private SegmentStore watched() {
        return Forwarding.of(SegmentStore.class, (method, arguments) -> {
            process.step();
            Object result = Forwarding.forward(objects, method, arguments);
            world.trace(method.getName().hashCode() * 31L + (arguments == null ? 0 : arguments[0].hashCode()));
            if (method.getName().equals("putIfAbsent") && Boolean.TRUE.equals(result)) {
                published++;
            }
            return result;
        });
    }

    /** What is in the store, past its faults. */
    SegmentStore objects() {
        return objects;
    }

    /** Objects that were put so far. */
    long published() {
        return published;
    }

    /** Hosts reach the server through this link from its next start on. */
    void reachedBy(SimulatedLink link) {
        links.add(link);
    }

    boolean alive() {
        return process != null && process.alive();
    }

    void start() {
        if (alive()) {
            return;
        }
        SimulatedProcess life = world.start("server");
        process = life;
        life.longestWork(longestWork);
        ImageEngine engine = new ImageEngine(settings, store, life.loop(), life.blocking(), world.instants(), world.newRandom());
        engine.open().whenComplete((opened, thrown) -> {
            if (thrown == null) {
                serve(life, engine);
            } else {
                world.after(NEXT_TRY, () -> again(life));
            }
        });
    }

    private void serve(SimulatedProcess life, ImageEngine engine) {
        ServerSettings users = ServerSettings.of(List.of(new ServerSettings.User(USER, SECRET)));
        ImageCatalog catalog = weakness == Weakness.NO_FENCE ? WeakCatalogs.unfenced(engine.catalog(USER)) : engine.catalog(USER);
        StorageServer server = new StorageServer(users, user -> catalog, life.loop(), life.listening(), world.newRandom());
        var address = SimulatedProcess.newAddress();
        server.start(address).thenAccept(listening -> links.forEach(link -> link.leadsTo(life, address)));
    }

    /** As a supervisor would: what could not open is started again. */
    private void again(SimulatedProcess life) {
        if (life.alive()) {
            world.kill(life);
            start();
        }
    }

    /** Dies at one of its next calls to store or network, within whatever it is doing then. */
    void dieAfter(long steps) {
        if (alive()) {
            process.dieAfter(steps, () -> { });
        }
    }

    /** It lives on, whatever {@link #dieAfter} said. */
    void spare() {
        if (alive()) {
            process.spare();
        }
    }

    void kill() {
        if (alive()) {
            world.kill(process);
        }
    }

    /** Calls of the store fail, are slow, or commit and say that they don't know, from here on. */
    void faults(double failing, double ambiguous, Duration slowest) {
        store.faults(failing, ambiguous, 0);
        longestWork = slowest;
        if (alive()) {
            process.longestWork(slowest);
        }
    }

    void noFaults() {
        faults(0, 0, USUAL_WORK);
    }
}
