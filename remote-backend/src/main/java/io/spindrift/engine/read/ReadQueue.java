package io.spindrift.engine.read;

import io.spindrift.engine.log.StoreCalls;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ReadPriority;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/** Store reads that wait for their turn: DEMAND before PREFETCH before BULK. Made by the engine, lives on its loop. */
public final class ReadQueue {
    private static final int MAX_WAITING = 1 << 16;

    private record Waiting<T>(Callable<T> work, CompletableFuture<T> result) {}

    private final StoreCalls calls;
    private final int inFlightLimit;
    private final List<Deque<Waiting<?>>> waiting = new ArrayList<>();
    private int waitingCount;
    private int inFlight;

    public ReadQueue(StoreCalls calls, int inFlightLimit) {
        this.calls = calls;
        this.inFlightLimit = inFlightLimit;
        for (int i = 0; i < ReadPriority.values().length; i++) {
            waiting.add(new ArrayDeque<>());
        }
    }

    /** @return completes on the loop */
    public <T> CompletableFuture<T> submit(ReadPriority priority, Callable<T> work) {
        CompletableFuture<T> result = new CompletableFuture<>();
        if (waitingCount >= MAX_WAITING) {
            result.completeExceptionally(new ImageException(ImageFailure.UNAVAILABLE, "too many reads are waiting for the store"));
            return result;
        }
        waiting.get(priority.ordinal()).add(new Waiting<>(work, result));
        waitingCount++;
        pump();
        return result;
    }

    /** Whether nothing is read or waits. */
    public boolean idle() {
        return inFlight == 0 && waitingCount == 0;
    }

    private void pump() {
        for (Deque<Waiting<?>> queue : waiting) {
            while (inFlight < inFlightLimit && !queue.isEmpty()) {
                waitingCount--;
                start(queue.poll());
            }
        }
    }

    private <T> void start(Waiting<T> next) {
        inFlight++;
        calls.call(next.work()).whenComplete((value, failure) -> {
            inFlight--;
            if (failure == null) {
                next.result().complete(value);
            } else {
                next.result().completeExceptionally(failure);
            }
            pump();
        });
    }
}
