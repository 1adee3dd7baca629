package io.spindrift.simulation;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An event loop that runs when the world says so. Made by a {@link SimulatedProcess}; its thread is the world's. What a timer
 * throws would vanish in its future; here it is told. (What another task throws ends in the log, which {@link LogWatch} reads.)
 */
final class SimulatedLoop extends ManualIoEventLoop {
    private final Consumer<Throwable> defects;

    SimulatedLoop(Ticker ticker, Consumer<Throwable> defects) {
        super(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
        this.defects = defects;
    }

    /** Nanoseconds until the next timer; -1 where there is none. */
    long untilNextTimer() {
        return nextScheduledTaskNano();
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(telling(task), delay, unit);
    }

    private Runnable telling(Runnable task) {
        return () -> {
            try {
                task.run();
            } catch (ProcessDeath killed) {
                throw killed;
            } catch (RuntimeException | Error thrown) {
                defects.accept(thrown);
                throw thrown;
            }
        };
    }
}
