package io.spindrift.config.process;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Named threads and bounded executors for work that blocks. */
public final class Threads {
    private static final int QUEUE_LIMIT = 65_536;
    private static final long IDLE_SECONDS = 30;

    private Threads() {}

    /** Daemon threads: the process ends by its main thread, never by waiting for one of these. */
    public static ThreadFactory named(String name) {
        return new DefaultThreadFactory("spindrift-" + name, true);
    }

    /** @param count threads; more work than they and the queue hold is refused with RejectedExecutionException */
    static ThreadPoolExecutor blocking(int count, String name) {
        ThreadPoolExecutor executor =
                new ThreadPoolExecutor(count, count, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(QUEUE_LIMIT), named(name));
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }
}
