package io.spindrift.fuzz;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.ScheduledFuture;
import io.netty.util.concurrent.Ticker;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * An event loop that its {@link FuzzWorld} runs by hand. What a timer throws would vanish in its future; here it is told. Remembers who set the
 * timers that are still to run.
 */
final class FuzzLoop extends ManualIoEventLoop {
    private static final StackWalker WALKER = StackWalker.getInstance();

    private final Consumer<Throwable> defects;
    private final Map<ScheduledFuture<?>, String> timers = new IdentityHashMap<>();

    FuzzLoop(Ticker ticker, Consumer<Throwable> defects) {
        super(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
        this.defects = defects;
    }

    /** Who set the timers that are still to run. */
    List<String> timers() {
        return new ArrayList<>(timers.values());
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        String who = WALKER.walk(frames -> frames.skip(1).filter(frame -> frame.getClassName().startsWith("io.spindrift")).findFirst())
            .map(frame -> frame.getClassName().replaceAll(".*\\.", "") + '.' + frame.getMethodName()).orElse("somebody");
        ScheduledFuture<?> timer = super.schedule(() -> {
            try {
                task.run();
            } catch (RuntimeException | Error thrown) {
                defects.accept(thrown);
                throw thrown;
            }
        }, delay, unit);
        timers.put(timer, who + " after " + unit.toMillis(delay) + " ms");
        timer.addListener(done -> timers.remove(timer));
        return timer;
    }
}
