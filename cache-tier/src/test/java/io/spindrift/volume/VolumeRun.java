package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.MemoryCatalog;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.prefetch.PrefetchSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/** One random run: two hosts, one image. Laws are checked at every read, at every batch and after every death. */
final class VolumeRun {
    static final int SECTORS = 2048;
    static final ImageAddress ADDRESS = new ImageAddress("alice", DiskType.SYSTEM, "disk0");

    final Random random;
    final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    final MemoryCatalog store;
    final VolumeHistory history = new VolumeHistory(SECTORS);
    final TestHost[] hosts = new TestHost[2];
    TestHost host;
    /** Runs when a host serves. */
    Consumer<TestHost> started = one -> { };
    long stamps;
    int reads;
    int acknowledged;

    VolumeRun(long seed) {
        random = new Random(seed);
        store = new MemoryCatalog("alice", now::get, new Random(seed + 1));
        VolumeSettings settings = VolumeSettings.of(ADDRESS, SECTORS * 512L)
                .withDestage(new DestageSettings(Duration.ofMillis(40), 1 << 20, 1 + random.nextInt(3), 50, 0))
                .withPrefetch(PrefetchSettings.of(DiskType.SYSTEM));
        for (int at = 0; at < 2; at++) {
            hosts[at] = new TestHost("host" + at, seed * 10 + at, store, history, settings);
        }
        host = hosts[0];
    }

    VolumeRun with(Consumer<TestHost> change) {
        change.accept(hosts[0]);
        change.accept(hosts[1]);
        return this;
    }

    void run(int lives) {
        for (int life = 0; life < lives; life++) {
            host.cacheDelayMillis = random.nextInt(60);
            host.start();
            host.link.delayMicros = () -> random.nextInt(4) == 0 ? random.nextInt(20_000) : random.nextInt(1_000);
            host.untilReady();
            started.accept(host);
            verifyAll();
            operate(20 + random.nextInt(120));
            end();
        }
        host.start();
        host.untilReady();
        verifyAll();
        host.stop();
        history.verify();
    }

    private void end() {
        host.link.down = false;
        int how = random.nextInt(4);
        if (how == 0) {
            CloseResult result = host.stop();
            if (!result.clean()) {
                throw new AssertionError("not closed clean: " + result);
            }
            host = hosts[random.nextInt(2)];
        } else {
            host.kill(false);
        }
    }

    /** After a start everything acknowledged is there; what was not is now known. */
    private void verifyAll() {
        ByteBuf whole = Unpooled.buffer(SECTORS * 512);
        int[] atLeast = history.begin(0, SECTORS);
        TestHost.Told told = new TestHost.Told();
        host.volume.read(0, SECTORS, whole, told);
        host.pass(100);
        expectDone(told);
        history.check(0, SECTORS, atLeast, whole);
        history.verify();
        history.settled(host.journal.lastSequence(), whole);
    }

    private static void expectDone(TestHost.Told told) {
        if (!"done".equals(told.outcome)) {
            throw new AssertionError("a request ended with " + told.outcome);
        }
    }

    private void operate(int steps) {
        for (int step = 0; step < steps; step++) {
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> write();
                case 4, 5, 6 -> read();
                case 7 -> unmap();
                case 8 -> host.link.down = random.nextInt(3) == 0;
                case 9 -> host.volume.flush(new TestHost.Told());
                case 10 -> host.pass(random.nextInt(30));
                default -> host.pass(1);
            }
            if (random.nextBoolean()) {
                host.run();
            }
            history.verify();
        }
    }

    private int count() {
        return random.nextInt(3) == 0 ? 1 + random.nextInt(200) : 1 + random.nextInt(12);
    }

    private void write() {
        int count = count();
        long lba = random.nextInt(SECTORS - count);
        if (random.nextBoolean()) {
            lba = lba / 8 * 8;
        }
        long at = lba;
        long stamp = ++stamps;
        ByteBuf src = Unpooled.buffer(count * 512);
        for (int word = 0; word < count * 64; word++) {
            src.writeLong(stamp);
        }
        host.volume.write(at, count, src, random.nextInt(5) == 0, new TestHost.Told() {
            @Override
            public void done() {
                acknowledged++;
                history.acknowledged(at, count, stamp);
            }
        });
    }

    private void unmap() {
        int count = 1 + random.nextInt(300);
        long lba = random.nextInt(SECTORS - count);
        long stamp = -++stamps;
        history.unmaps.add(stamp);
        host.volume.unmap(lba, count, new TestHost.Told() {
            @Override
            public void done() {
                history.acknowledged(lba, count, stamp);
            }
        });
    }

    private void read() {
        int count = count();
        long lba = random.nextInt(SECTORS - count);
        int[] atLeast = history.begin(lba, count);
        ByteBuf dst = Unpooled.buffer(count * 512);
        host.volume.read(lba, count, dst, new TestHost.Told() {
            @Override
            public void done() {
                reads++;
                history.check(lba, count, atLeast, dst);
            }
        });
    }
}
