package io.spindrift.fuzz;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.DelayDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.Readiness;
import io.spindrift.iscsi.IscsiRedirect;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiSettings;
import io.spindrift.iscsi.IscsiTarget;
import io.spindrift.iscsi.SessionInfo;
import io.spindrift.iscsi.auth.AccessList;
import io.spindrift.iscsi.auth.ChapAccount;
import io.spindrift.iscsi.auth.ChapSettings;
import io.spindrift.iscsi.auth.NamePattern;
import io.spindrift.iscsi.auth.TargetAccess;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import io.spindrift.scsi.target.LogicalUnitTarget;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A server of the real code with one target of five LUNs, on two loops of one thread, and the connections to it. All that is done to it goes through
 * the verbs here and is written into its {@link Trace}; each verb fails where the server did what it must not. Made by a {@link FuzzRun}, over after
 * {@link #end} or a failure.
 */
final class FuzzWorld {
    static final String TARGET = "iqn.2026-11.io.spindrift:fuzzed";
    /** Another target, which wants CHAP, and a third, which wants a name that nobody here has. */
    static final String SECRET_TARGET = "iqn.2026-11.io.spindrift:secret";
    static final String LISTED_TARGET = "iqn.2026-11.io.spindrift:listed";
    static final ChapAccount USER = new ChapAccount("fuzz", "the fuzzer's own secret");
    static final int SLOTS = 4;
    static final int DISTURBANCES = 6;
    private static final int LAST_LUN = 4;
    private static final int MOST_TURNS = 100_000;
    /** What a connection that has not logged in may cost: 64 KiB of its bytes, the room for answers, and rounding. */
    private static final long LOGIN_BYTES = 128 * 1024;
    private static final int QUIET_SECONDS = 120;
    /** Small, so that their limits are reached. */
    private static final IscsiSettings SETTINGS = IscsiSettings.defaults().withBuffers(1 << 20, 1 << 20);
    private static final Duration DELAY = Duration.ofMillis(150);
    private static final AtomicLong ADDRESSES = new AtomicLong();

    /** What a run has in common: memory, the log, and what was seen before. */
    record Surroundings(PoisonedAllocator allocator, FuzzLog log, Novelty novelty, Weakness weakness) {
        static Surroundings of(FuzzLog log, Weakness weakness) {
            Novelty novelty = new Novelty();
            log.tell(novelty);
            return new Surroundings(new PoisonedAllocator(), log, novelty, weakness);
        }

        long inUse() {
            return allocator.inUse();
        }
    }

    private final Surroundings surroundings;
    private final Trace trace;
    private final long base;
    private final MockTicker clock = Ticker.newMockTicker();
    private final FuzzLoop loginLoop;
    private final FuzzLoop homeLoop;
    private final LocalAddress address = new LocalAddress("fuzzed-" + ADDRESSES.incrementAndGet());
    private final IscsiServer server;
    private final LogicalUnitTarget units;
    private final ScsiTarget watched;
    private final Guard guard = new Guard();
    private final MemoryDevice slow = new MemoryDevice(new BlockGeometry(256, 4096, 4096));
    /** A large disk with little room. */
    private final MemoryDevice small = new MemoryDevice(new BlockGeometry(1 << 20, 512, 512), 256 * 1024);
    private final FuzzPeer[] peers = new FuzzPeer[SLOTS];
    private final LocalChannel[] channels = new LocalChannel[SLOTS];
    private int healthyReads;
    private int conflicts;

    FuzzWorld(long seed, Surroundings surroundings) {
        this.surroundings = surroundings;
        this.trace = new Trace(seed);
        this.base = surroundings.inUse();
        this.loginLoop = new FuzzLoop(clock, surroundings.log()::defect);
        this.homeLoop = new FuzzLoop(clock, surroundings.log()::defect);
        this.server = new IscsiServer(SETTINGS, loginLoop, this::listener, new SplittableRandom(seed));
        this.units = new LogicalUnitTarget(homeLoop, surroundings.allocator(), TargetPorts.SINGLE);
        addUnits();
        this.watched = guard.watching(surroundings.weakness().in(units, surroundings.allocator()));
        server.addTarget(new IscsiTarget(TARGET, "fuzzed", watched, homeLoop));
        ChapSettings chap = ChapSettings.of(List.of(USER), new ChapAccount("target", "the target's other secret"), Set.of());
        server.addTarget(new IscsiTarget(SECRET_TARGET, "", watched, homeLoop, new TargetAccess(AccessList.OPEN, chap)));
        server.addTarget(new IscsiTarget(LISTED_TARGET, "", watched, homeLoop,
            new TargetAccess(new AccessList(List.of(new NamePattern("iqn.2026-11.io.spindrift.harness:listed")), List.of()), null)));
        await(server.start(List.of(address)), "the server's start");
    }

    private void addUnits() {
        add(0, new MemoryDevice(new BlockGeometry(2048, 512, 4096)), false);
        add(Guard.LUN, guard.device(), false);
        add(2, new DelayDevice(slow, homeLoop, DELAY), false);
        add(Guard.READ_ONLY_LUN, guard.readOnlyDevice(), true);
        add(LAST_LUN, small, false);
    }

    private void add(int lun, BlockDevice device, boolean readOnly) {
        units.addUnit(lun, LogicalUnitSettings.defaults(new UUID(7, lun)).withReadOnly(readOnly), device).join();
    }

    private LocalServerChannel listener() {
        return new LocalServerChannel() {
            @Override
            protected LocalChannel newLocalChannel(LocalChannel peer) {
                LocalChannel channel = super.newLocalChannel(peer);
                channel.config().setAllocator(surroundings.allocator());
                return channel;
            }
        };
    }

    Trace trace() {
        return trace;
    }

    FuzzPeer peer(int slot) {
        return peers[slot];
    }

    /** How often a well-behaved initiator read what it should; and how often it was kept out by a reservation. */
    int healthyReads() {
        return healthyReads;
    }

    int conflicts() {
        return conflicts;
    }

    Novelty novelty() {
        return surroundings.novelty();
    }

    // ---- the verbs ----

    void open(int slot) {
        trace.add("open " + slot);
        peers[slot] = new FuzzPeer(surroundings.novelty());
        channels[slot] = connect(peers[slot]);
    }

    /** Sends pieces, each of which the server reads at once. */
    void send(int slot, List<byte[]> pieces) {
        trace.send(slot, pieces);
        for (byte[] piece : pieces) {
            peers[slot].send(piece);
        }
        run();
        checkLoginMemory();
        checkAccess();
    }

    void advance(int millis) {
        trace.add("advance " + millis);
        clock.advance(millis, TimeUnit.MILLISECONDS);
        run();
    }

    /** Whoever is still connected must be answered. */
    void settle(int slot) {
        trace.add("settle " + slot);
        FuzzPeer peer = peers[slot];
        String wrong = peer.unanswered();
        if (wrong != null) {
            throw new FuzzFailure(wrong);
        }
        for (int attempt = 0; peer.speakable() && attempt < 2; attempt++) {
            peer.ping();
            run();
            if (peer.ponged()) {
                return;
            }
            clock.advance(2, TimeUnit.SECONDS);
            run();
        }
        if (peer.speakable()) {
            throw new FuzzFailure("a session answers no ping, and is not closed");
        }
    }

    void close(int slot) {
        trace.add("close " + slot);
        channels[slot].close();
        run();
    }

    /** Something changes behind the target. */
    void disturb(int what) {
        trace.add("disturb " + what);
        switch (what) {
            case 0 -> small.resize(small.geometry().blockCount() ^ 4096);
            case 1 -> slow.readiness(slow.readiness() == Readiness.READY ? Readiness.STANDBY : Readiness.READY);
            case 2 -> units.removeUnit(LAST_LUN).join();
            case 3 -> {
                await(server.removeTarget(TARGET), "the removal of a target");
                server.addTarget(new IscsiTarget(TARGET, "fuzzed", watched, homeLoop));
            }
            case 4 -> {
                await(server.redirect(TARGET, new IscsiRedirect("192.0.2.1:3260", false)), "the redirection of a target");
                server.redirect(TARGET, null).join();
            }
            default -> {
                units.removeUnit(LAST_LUN).join();
                add(LAST_LUN, small, false);
            }
        }
        run();
    }

    /** The server stops while sessions are open. */
    void stop() {
        trace.add("stop");
        over();
    }

    /** Somebody who behaves logs in and reads a block that nobody has written. */
    void healthy() {
        trace.add("healthy");
        PlainSession session = new PlainSession(this, "healthy");
        int block = guard.untouched(healthyReads * 37 % Guard.BLOCKS);
        session.waitUntilReady(Guard.LUN);
        byte[] cdb = new byte[16];
        cdb[0] = 0x28;
        cdb[4] = (byte) (block >> 8);
        cdb[5] = (byte) block;
        cdb[8] = 1;
        if (block >= 0 && session.command(Guard.LUN, cdb, Guard.BLOCK) == PlainSession.RESERVATION_CONFLICT) {
            conflicts++;
        } else if (block >= 0) {
            if (session.status() != 0 || !Guard.stamped(session.data(), block)) {
                throw new FuzzFailure("a read of block " + block + " by a healthy session: status " + session.status() + ", " + session.data().length + " bytes");
            }
            healthyReads++;
        }
        session.close();
    }

    /** Everybody falls silent: the server gets rid of them, stops, and leaves nothing. */
    void end() {
        trace.add("end");
        for (int second = 0; second < QUIET_SECONDS; second++) {
            clock.advance(1, TimeUnit.SECONDS);
            run();
        }
        for (int slot = 0; slot < SLOTS; slot++) {
            if (peers[slot] != null && !peers[slot].closed()) {
                throw new FuzzFailure("a silent connection is not closed after " + QUIET_SECONDS + " s");
            }
        }
        if (!server.sessions().isEmpty()) {
            throw new FuzzFailure("a session is left without a connection: " + server.sessions());
        }
        over();
    }

    private void over() {
        await(server.stop(), "the server's stop");
        run();
        for (FuzzPeer peer : peers) {
            if (peer != null && !peer.closed()) {
                throw new FuzzFailure("a connection is left when the server has stopped");
            }
        }
        if (!server.sessions().isEmpty()) {
            throw new FuzzFailure("a session is left when the server has stopped: " + server.sessions());
        }
        // What a disk has begun goes on without the server, as the steps of a SANITIZE do.
        for (int step = 0; step < 100 && homeLoop.timers().toString().contains("DelayDevice"); step++) {
            clock.advance(50, TimeUnit.MILLISECONDS);
            run();
        }
        if (!loginLoop.timers().isEmpty() || !homeLoop.timers().isEmpty()) {
            throw new FuzzFailure("a timer is left when all is over: " + loginLoop.timers() + homeLoop.timers());
        }
        if (server.unsolicitedBytes() != 0) {
            throw new FuzzFailure(server.unsolicitedBytes() + " bytes are counted as held when all is over");
        }
        guard.check();
        if (surroundings.inUse() != base) {
            throw new FuzzFailure(surroundings.inUse() - base + " bytes of buffers are left when all is over");
        }
    }

    // ---- below them ----

    /** A connection to the server whose bytes {@code peer} hears. */
    LocalChannel connect(FuzzPeer peer) {
        Bootstrap bootstrap = new Bootstrap().group(loginLoop).channel(LocalChannel.class).handler(peer);
        LocalChannel channel = (LocalChannel) bootstrap.connect(address).channel();
        channel.config().setAllocator(surroundings.allocator());
        peer.connected(channel);
        run();
        return channel;
    }

    /** Runs both loops until there is nothing to do at this time. */
    void run() {
        int turns = 0;
        while (loginLoop.runNow() + homeLoop.runNow() > 0) {
            if (++turns > MOST_TURNS) {
                throw new FuzzFailure("the server does not come to rest");
            }
        }
        surroundings.log().check();
    }

    void pass(int millis) {
        clock.advance(millis, TimeUnit.MILLISECONDS);
        run();
    }

    private void await(CompletableFuture<?> what, String name) {
        for (int wait = 0; !what.isDone() && wait < QUIET_SECONDS; wait++) {
            run();
            if (!what.isDone()) {
                clock.advance(1, TimeUnit.SECONDS);
            }
        }
        run();
        if (!what.isDone()) {
            throw new FuzzFailure(name + " does not end");
        }
        what.join();
    }

    /** Nobody is in who was not to get in. */
    private void checkAccess() {
        int proved = 0;
        int loggedIn = 0;
        for (FuzzPeer peer : peers) {
            proved += peer != null && peer.proved() ? 1 : 0;
            loggedIn += peer != null && peer.loggedIn() ? 1 : 0;
        }
        if (loggedIn == 0) {
            return;
        }
        int secret = 0;
        for (SessionInfo session : server.sessions()) {
            secret += session.target().equals(SECRET_TARGET) ? 1 : 0;
            if (session.target().equals(LISTED_TARGET) && !session.initiatorName().equalsIgnoreCase("iqn.2026-11.io.spindrift.harness:listed")) {
                throw new FuzzFailure("a session with a target whose list does not name its initiator");
            }
        }
        if (secret > proved) {
            throw new FuzzFailure("a session with a target that wants CHAP, without its secret");
        }
    }

    private void checkLoginMemory() {
        int connected = 0;
        for (FuzzPeer peer : peers) {
            if (peer != null && !peer.closed()) {
                if (peer.loggedIn()) {
                    return;
                }
                connected++;
            }
        }
        long held = surroundings.inUse() - base;
        if (held > connected * LOGIN_BYTES) {
            throw new FuzzFailure(held + " bytes of buffers are held for " + connected + " connections that have not logged in");
        }
    }
}
