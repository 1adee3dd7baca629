package io.spindrift.fuzz;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** An event loop that its {@link FuzzWorld} runs by hand. What a timer throws would vanish in its future; here it is told. */
final class FuzzLoop extends ManualIoEventLoop {
    private final Consumer<Throwable> defects;

    FuzzLoop(Ticker ticker, Consumer<Throwable> defects) {
        super(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
        this.defects = defects;
    }

    /** Whether a timer is still to run. */
    boolean hasTimer() {
        return nextScheduledTaskNano() >= 0;
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        return super.schedule(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error thrown) {
                defects.accept(thrown);
                throw thrown;
            }
        }, delay, unit);
    }
}
