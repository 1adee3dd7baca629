package io.spindrift.journal;

import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Blocking work of a journal, one task at a time and in order: each is made on the home loop when the one before has ended, runs on the
 * blocking executor and ends on the home loop. Made by {@link FileJournal}, which asks for few tasks: one preparation, one close, the leases.
 */
final class JournalTasks {
    private final EventExecutor home;
    private final Executor blocking;
    private final ArrayDeque<Task> waiting = new ArrayDeque<>();
    private boolean running;

    JournalTasks(EventExecutor home, Executor blocking) {
        this.home = home;
        this.blocking = blocking;
    }

    /** What runs on the blocking executor. */
    @FunctionalInterface
    interface Blocking {
        void run() throws IOException;
    }

    /** @param ended on the home loop, with null or what went wrong */
    void submit(Supplier<Blocking> made, Consumer<IOException> ended) {
        waiting.add(new Task(made, ended));
        next();
    }

    private void next() {
        if (running || waiting.isEmpty()) {
            return;
        }
        running = true;
        Task task = waiting.poll();
        run(task.made.get(), failure -> {
            running = false;
            task.ended.accept(failure);
            next();
        });
    }

    /** Runs one piece of work beside the queue. */
    void run(Blocking work, Consumer<IOException> ended) {
        try {
            blocking.execute(() -> {
                IOException failure = outcome(work);
                home.execute(() -> ended.accept(failure));
            });
        } catch (RejectedExecutionException e) {
            ended.accept(new IOException("the executor for blocking work has ended", e));
        }
    }

    private static IOException outcome(Blocking work) {
        try {
            work.run();
            return null;
        } catch (IOException e) {
            return e;
        } catch (RuntimeException e) {
            return new IOException(e.toString(), e);
        }
    }

    private record Task(Supplier<Blocking> made, Consumer<IOException> ended) {}
}
