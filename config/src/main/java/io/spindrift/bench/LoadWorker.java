package io.spindrift.bench;

import io.spindrift.initiator.SocketLoop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Drives some sessions on one thread. Made by {@link BenchRun}, which runs it on a thread of its own, lets it go on when all have their sessions, and
 * tells it to stop.
 */
final class LoadWorker implements Runnable {
    private static final long WAIT_MS = 100;
    private static final long PACED_WAIT_MS = 1;
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

    private final BenchPlan plan;
    private final List<SessionTarget> targets = new ArrayList<>();
    private final Tally tally;
    private final LongSupplier nanos;
    private final CountDownLatch ready = new CountDownLatch(1);
    private final CountDownLatch go = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private final List<LoadSession> sessions = new ArrayList<>();
    private final Map<LoadSession, Long> downSince = new HashMap<>();
    private volatile boolean stopping;
    private volatile Exception failure;
    private volatile long planned;

    LoadWorker(BenchPlan plan, Tally tally, LongSupplier nanos) {
        this.plan = plan;
        this.tally = tally;
        this.nanos = nanos;
    }

    /** Before the thread is started. */
    void add(SessionTarget target) {
        targets.add(target);
    }

    Tally tally() {
        return tally;
    }

    @Override
    public void run() {
        try (SocketLoop loop = SocketLoop.open(nanos)) {
            try {
                for (SessionTarget target : targets) {
                    LoadSession session = new LoadSession(plan, target, tally, nanos);
                    sessions.add(session);
                    session.open(loop);
                }
                planned = plan.endsByItself() ? sessions.stream().mapToLong(LoadSession::limit).sum() : 0;
                ready.countDown();
                go.await();
                work(loop);
            } finally {
                for (LoadSession session : sessions) {
                    session.close();
                }
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            failure = e;
        } finally {
            ready.countDown();
            ended.countDown();
        }
    }

    private void work(SocketLoop loop) throws IOException {
        sessions.forEach(LoadSession::start);
        long nextLook = nanos.getAsLong() + LOOK_NANOS;
        boolean done = false;
        while (!done) {
            if (stopping) {
                sessions.forEach(LoadSession::stop);
            }
            done = true;
            boolean paced = false;
            for (LoadSession session : sessions) {
                turn(session);
                done &= session.done();
                paced |= session.paced();
            }
            if (nanos.getAsLong() - nextLook >= 0) {
                look(loop);
                nextLook = nanos.getAsLong() + LOOK_NANOS;
            }
            if (!done) {
                loop.await(paced ? PACED_WAIT_MS : WAIT_MS);
            }
        }
    }

    private void turn(LoadSession session) throws IOException {
        if (session.isDown()) {
            return;
        }
        try {
            session.exchange();
        } catch (IOException e) {
            down(session, e);
        }
    }

    private void down(LoadSession session, IOException reason) throws IOException {
        session.drop();
        tally.lostConnections.increment();
        tally.tell("connection to " + session.url() + " lost: " + reason.getMessage());
        if (plan.span().patienceSeconds() == 0) {
            throw new IOException("connection to " + session.url() + " lost: " + reason.getMessage(), reason);
        }
        downSince.put(session, nanos.getAsLong());
    }

    /** What needs no answer at once: commands that wait too long, connections to be opened again. */
    private void look(SocketLoop loop) throws IOException {
        for (LoadSession session : sessions) {
            if (!session.isDown()) {
                try {
                    session.checkAnswers();
                } catch (IOException e) {
                    down(session, e);
                }
            } else if (!stopping) {
                again(session, loop);
            }
        }
    }

    private void again(LoadSession session, SocketLoop loop) throws IOException {
        try {
            session.open(loop);
            downSince.remove(session);
        } catch (IOException e) {
            if (nanos.getAsLong() - downSince.get(session) > TimeUnit.SECONDS.toNanos(plan.span().patienceSeconds())) {
                throw new IOException("no connection to " + session.url() + " within " + plan.span().patienceSeconds() + " s: " + e.getMessage(), e);
            }
        }
    }

    /** Waits until its sessions are there, or can't be. @return why they can't; null where they are */
    Exception awaitReady() throws InterruptedException {
        ready.await();
        return failure;
    }

    void go() {
        go.countDown();
    }

    /** Has it begin nothing more, and end when what is under way has. */
    void stop() {
        stopping = true;
        go.countDown();
    }

    /** @return whether it ended within the time */
    boolean awaitEnd(long waitNanos) throws InterruptedException {
        return ended.await(waitNanos, TimeUnit.NANOSECONDS);
    }

    /** Why it ended early; null where it did not. */
    Exception failure() {
        return failure;
    }

    /** Commands that its sessions send where the work ends by itself. */
    long planned() {
        return planned;
    }
}
