package io.spindrift.engine.log;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Runs blocking work away from the loop and brings the result back to it. Made by the engine, used on its loop. */
public final class StoreCalls {
    private final EventExecutor loop;
    private final Executor blocking;

    public StoreCalls(EventExecutor loop, Executor blocking) {
        this.loop = loop;
        this.blocking = blocking;
    }

    public EventExecutor loop() {
        return loop;
    }

    /** @return completes on the loop; fails with what {@code work} threw */
    public <T> CompletableFuture<T> call(Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        try {
            blocking.execute(() -> run(work, result));
        } catch (RejectedExecutionException e) {
            result.completeExceptionally(e);
        }
        return result;
    }

    private <T> void run(Callable<T> work, CompletableFuture<T> result) {
        try {
            T value = work.call();
            post(() -> result.complete(value), result);
        } catch (Exception | Error e) {
            post(() -> result.completeExceptionally(e), result);
        }
    }

    private void post(Runnable completion, CompletableFuture<?> result) {
        try {
            loop.execute(completion);
        } catch (RejectedExecutionException e) {
            // The loop is gone, and with it everything that could use the result.
            result.cancel(false);
        }
    }
}
