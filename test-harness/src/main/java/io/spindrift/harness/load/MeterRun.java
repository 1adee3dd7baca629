package io.spindrift.harness.load;

import io.spindrift.harness.initiator.Cdb;
import io.spindrift.harness.initiator.InitiatorSession;
import io.spindrift.harness.initiator.InitiatorSettings;
import io.spindrift.harness.initiator.ScsiTask;
import io.spindrift.harness.initiator.TargetUrl;
import io.spindrift.harness.initiator.UnitCapacity;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.SplittableRandom;

/** One measurement. One thread; made for one run. */
final class MeterRun {
    private static final int UNIT_ATTENTION = 6;
    private static final int BLOCK = 4096;

    private final MeterPlan plan;
    private final TargetUrl url;
    private final InitiatorSettings settings;
    private final SplittableRandom random;
    private final ArrayDeque<Slot> free = new ArrayDeque<>();
    private Latencies latencies = new Latencies();
    private InitiatorSession session;
    private PlaceChooser places;
    private int blocksEach;
    private long begun;
    private long done;
    private long syncs;
    private long writesSinceSync;
    private long errors;
    private boolean stopping;
    private long startNanos;
    private long targetMicros;
    private double elapsed;

    MeterRun(MeterPlan plan, TargetUrl url, InitiatorSettings settings) {
        this.plan = plan;
        this.url = url;
        this.settings = settings;
        random = new SplittableRandom(plan.seed());
    }

    private final class Slot {
        private final ByteBuffer buffer = ByteBuffer.allocateDirect(plan.size());
        private final ScsiTask write = ScsiTask.sending(new byte[0], buffer, task -> ended(this, task));
        private final ScsiTask read = ScsiTask.receiving(new byte[0], buffer, task -> ended(this, task));
        private final ScsiTask sync = ScsiTask.plain(Cdb.synchronize(), task -> ended(this, task));

        Slot() {
            byte[] bytes = new byte[plan.size()];
            random.nextBytes(bytes);
            buffer.put(0, bytes);
        }

        /** No block is written twice with the same bytes, so that nobody gains by finding equal ones. */
        void distinguish(long number) {
            for (int at = 0; at < plan.size(); at += BLOCK) {
                buffer.putLong(at, number).putInt(at + Long.BYTES, at);
            }
        }
    }

    void run() throws IOException {
        session = InitiatorSession.open(url, settings);
        UnitCapacity capacity = UnitCapacity.of(session);
        long range = plan.range() == 0 ? capacity.bytes() : Math.min(plan.range(), capacity.bytes());
        boolean inOrder = switch (plan.work()) {
            case READ, WRITE, FILL, SCAN -> true;
            default -> false;
        };
        places = new PlaceChooser(range / plan.size(), inOrder, plan.zipf(), random);
        blocksEach = plan.size() / capacity.blockLength();
        for (int i = 0; i < plan.depth(); i++) {
            free.add(new Slot());
        }
        if (plan.warmUp() > 0) {
            pass(plan.warmUp());
            latencies = new Latencies();
            done = 0;
            errors = 0;
        }
        long before = ProcessTime.microseconds(plan.pid());
        pass(plan.seconds());
        targetMicros = ProcessTime.microseconds(plan.pid()) - before;
        session.logout(1000);
    }

    private void pass(double seconds) throws IOException {
        startNanos = System.nanoTime();
        long end = startNanos + (long) (seconds * 1e9);
        long nextLine = startNanos + 1_000_000_000L;
        long lastDone = 0;
        begun = 0;
        stopping = false;
        while (!stopping || session.inFlight() > 0) {
            fillDepth();
            session.poll(plan.rate() > 0 ? 1 : 100);
            long now = System.nanoTime();
            stopping |= plan.once() ? begun >= places.places() : now - end >= 0;
            if (plan.timeline() && now - nextLine >= 0) {
                System.err.printf("%d s: %d commands, %d errors%n", (now - startNanos) / 1_000_000_000L, done - lastDone, errors);
                lastDone = done;
                nextLine += 1_000_000_000L;
            }
        }
        elapsed = (System.nanoTime() - startNanos) / 1e9;
    }

    private void fillDepth() {
        long allowed = plan.rate() == 0 ? Long.MAX_VALUE : (long) ((System.nanoTime() - startNanos) / 1e9 * plan.rate()) + 1;
        while (!stopping && !free.isEmpty() && begun < allowed && !(plan.once() && begun >= places.places())) {
            begin(free.remove());
        }
    }

    private void begin(Slot slot) {
        if (plan.syncEvery() > 0 && writesSinceSync >= plan.syncEvery()) {
            writesSinceSync = 0;
            session.submit(slot.sync);
            return;
        }
        begun++;
        long lba = places.choose() * blocksEach;
        boolean reads = switch (plan.work()) {
            case RANDREAD, READ, SCAN -> true;
            case RANDRW -> random.nextInt(100) < plan.readPercent();
            default -> false;
        };
        if (reads) {
            session.submit(slot.read.command(Cdb.read16(lba, blocksEach)));
        } else {
            slot.distinguish(plan.seed() << 40 ^ begun);
            session.submit(slot.write.command(Cdb.write16(lba, blocksEach, false)));
        }
    }

    private void ended(Slot slot, ScsiTask task) {
        free.add(slot);
        if (!task.good()) {
            if (task.senseKey() != UNIT_ATTENTION) {
                errors++;
            }
            return;
        }
        if (task == slot.sync) {
            syncs++;
            return;
        }
        done++;
        latencies.add(System.nanoTime() - task.submittedNanos());
        if (task == slot.write) {
            writesSinceSync++;
        }
    }

    long errors() {
        return errors;
    }

    String json() {
        return String.format(Locale.ROOT, "{\"work\":\"%s\",\"size\":%d,\"depth\":%d,\"seconds\":%.2f,\"commands\":%d,\"syncs\":%d,\"iops\":%.0f,"
                        + "\"mbps\":%.1f,\"p50_us\":%.1f,\"p90_us\":%.1f,\"p99_us\":%.1f,\"p999_us\":%.1f,\"max_us\":%.1f,\"errors\":%d,"
                        + "\"target_cpu_us_per_io\":%.2f}",
                plan.work().name().toLowerCase(Locale.ROOT), plan.size(), plan.depth(), elapsed, done, syncs, done / elapsed,
                done * (double) plan.size() / elapsed / 1e6, latencies.microseconds(0.5), latencies.microseconds(0.9), latencies.microseconds(0.99),
                latencies.microseconds(0.999), latencies.mostMicroseconds(), errors, done == 0 ? 0.0 : (double) targetMicros / done);
    }
}
