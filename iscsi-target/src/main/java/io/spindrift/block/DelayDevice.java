package io.spindrift.block;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Holds every request back for a time, on the home loop's clock, before the device behind it sees it. While it is held it can be
 * cancelled. The number held is bounded by whoever asks (the command window). Each request has a completion of its own.
 */
public final class DelayDevice extends ForwardingDevice {
    private final EventExecutor home;
    private final long delayNanos;
    /** In the order they came, which is the order in which closing fails them. */
    private final Map<Completion, Held> held = new LinkedHashMap<>();
    private boolean closed;

    private record Held(Runnable request, Future<?> timer) {}

    /** @param home the loop that the inner device lives on; its clock is the one that counts */
    public DelayDevice(BlockDevice inner, EventExecutor home, Duration delay) {
        super(inner);
        this.home = home;
        this.delayNanos = delay.toNanos();
    }

    /** Requests that are held now. */
    public int heldRequests() {
        return held.size();
    }

    @Override
    public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
        hold(completion, () -> super.read(lba, blockCount, dst, completion));
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        hold(completion, () -> super.write(lba, blockCount, src, fua, completion));
    }

    @Override
    public void flush(Completion completion) {
        hold(completion, () -> super.flush(completion));
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        hold(completion, () -> super.unmap(lba, blockCount, completion));
    }

    @Override
    public void extents(long lba, long blockCount, ExtentVisitor visitor, Completion completion) {
        hold(completion, () -> super.extents(lba, blockCount, visitor, completion));
    }

    @Override
    public void preFetch(long lba, long blockCount, Completion completion) {
        hold(completion, () -> super.preFetch(lba, blockCount, completion));
    }

    private void hold(Completion completion, Runnable request) {
        if (closed) {
            completion.failed(BlockFailure.CLOSED);
            return;
        }
        Future<?> timer = home.schedule(() -> release(completion), delayNanos, TimeUnit.NANOSECONDS);
        held.put(completion, new Held(request, timer));
    }

    private void release(Completion completion) {
        Held request = held.remove(completion);
        if (request != null) {
            request.request().run();
        }
    }

    @Override
    public boolean cancel(Completion completion) {
        Held request = held.remove(completion);
        if (request == null) {
            return super.cancel(completion);
        }
        request.timer().cancel(false);
        return true;
    }

    @Override
    public void close(Completion completion) {
        closed = true;
        List<Map.Entry<Completion, Held>> waiting = new ArrayList<>(held.entrySet());
        held.clear();
        for (Map.Entry<Completion, Held> each : waiting) {
            each.getValue().timer().cancel(false);
            each.getKey().failed(BlockFailure.CLOSED);
        }
        super.close(completion);
    }
}
