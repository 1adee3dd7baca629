package io.spindrift.bench;

import io.spindrift.bench.BenchListener.Interval;
import io.spindrift.bench.Tally.Times;
import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.TargetUrl;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/** One load over one or more units. Made for one run; {@link #run} blocks the thread that calls it until the load is over. */
public final class BenchRun {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    private final BenchPlan plan;
    private final List<TargetUrl> urls;
    private final List<Long> pids;
    private final ThreadFactory threads;
    private final LongSupplier nanos;
    private final BenchListener listener;
    private final List<LoadWorker> workers = new CopyOnWriteArrayList<>();
    private final Times interval = Times.empty();
    private final Times total = Times.empty();
    private long lastTick;
    private volatile boolean stopped;

    /**
     * @param pids processes whose CPU time is told for each command; empty: none
     * @param nanos a clock of nanoseconds
     */
    public BenchRun(BenchPlan plan, List<TargetUrl> urls, List<Long> pids, ThreadFactory threads, LongSupplier nanos, BenchListener listener) {
        if (urls.isEmpty()) {
            throw new IllegalArgumentException("at least one unit is needed");
        }
        this.plan = plan;
        this.urls = List.copyOf(urls);
        this.pids = List.copyOf(pids);
        this.threads = threads;
        this.nanos = nanos;
        this.listener = listener;
    }

    /**
     * @param settings of every session; their ISIDs are counted up from this one's
     * @throws IOException where a session could not be had; what ends a load later is in the report
     * @throws IllegalArgumentException where the plan does not fit the unit, with what is allowed
     */
    public BenchReport run(InitiatorSettings settings) throws IOException, InterruptedException {
        makeWorkers(settings);
        for (LoadWorker worker : workers) {
            threads.newThread(worker).start();
        }
        try {
            for (LoadWorker worker : workers) {
                rethrow(worker.awaitReady());
            }
            listener.began();
            return measured();
        } finally {
            end();
        }
    }

    /** Ends a load early; its report tells what was measured until then. Any thread. */
    public void stop() {
        stopped = true;
        workers.forEach(LoadWorker::stop);
    }

    private void makeWorkers(InitiatorSettings settings) {
        int inAll = urls.size() * plan.pace().sessions();
        // What is checked belongs to one thread, with all the sessions that may touch it.
        int most = plan.writes().verify() ? urls.size() : inAll;
        int wanted = plan.pace().threads() == 0 ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2) : plan.pace().threads();
        for (int i = 0; i < Math.min(wanted, most); i++) {
            workers.add(new LoadWorker(plan, new Tally(listener::said), nanos));
        }
        for (int unit = 0; unit < urls.size(); unit++) {
            TargetUrl url = urls.get(unit);
            LoadWorker home = workers.get(unit % workers.size());
            Map<Long, StampCheck> check = new HashMap<>();
            for (int share = 0; share < plan.pace().sessions(); share++) {
                int number = unit * plan.pace().sessions() + share;
                LoadWorker worker = plan.writes().verify() ? home : workers.get(number % workers.size());
                worker.add(new SessionTarget(url, settings.identified(settings.isid() + number), share, number, inAll, units -> check.computeIfAbsent(units,
                        size -> new StampCheck(url, size, plan.writes().firstSequence(), worker.tally()))));
            }
        }
    }

    private static void rethrow(Exception failure) throws IOException, InterruptedException {
        if (failure instanceof IOException io) {
            throw io;
        }
        if (failure instanceof InterruptedException interrupted) {
            throw interrupted;
        }
        if (failure != null) {
            throw (RuntimeException) failure;
        }
    }

    private BenchReport measured() throws IOException, InterruptedException {
        boolean once = plan.endsByItself();
        long warmUp = once ? 0 : (long) (plan.span().warmUpSeconds() * SECOND);
        lastTick = nanos.getAsLong();
        workers.forEach(LoadWorker::go);
        if (warmUp > 0) {
            watch(lastTick + warmUp, lastTick + warmUp);
            total.reset();
        }
        long began = lastTick;
        long targetBefore = cpu(pids);
        long ownBefore = cpu(List.of(ProcessHandle.current().pid()));
        watch(began, once ? Long.MAX_VALUE : began + (long) (plan.span().seconds() * SECOND));
        BenchReport.Cpu cpu = new BenchReport.Cpu(cpu(pids) - targetBefore, cpu(List.of(ProcessHandle.current().pid())) - ownBefore, !pids.isEmpty());
        double seconds = (lastTick - began) / (double) SECOND;
        String lost = end();
        for (LoadWorker worker : workers) {
            if (worker.failure() instanceof RuntimeException defect) {
                throw defect;
            }
        }
        return new BenchReport(plan, urls, seconds, total, counts(), cpu, lost);
    }

    private static long cpu(List<Long> processes) {
        return processes.stream().mapToLong(ProcessTime::microseconds).sum();
    }

    /** Takes the times away each second, until the end or until no worker works any more. */
    private void watch(long began, long end) throws InterruptedException {
        boolean over = false;
        while (!over) {
            long left = end == Long.MAX_VALUE ? SECOND : Math.min(SECOND, end - nanos.getAsLong());
            over = stopped || ended(Math.max(0, left)) || end != Long.MAX_VALUE && nanos.getAsLong() - end >= 0;
            long now = nanos.getAsLong();
            interval.reset();
            workers.forEach(worker -> worker.tally().takeInto(interval));
            total.add(interval);
            double seconds = Math.max(1e-9, (now - lastTick) / (double) SECOND);
            lastTick = now;
            tell((now - began) / (double) SECOND, seconds, end == Long.MAX_VALUE ? 0 : (now - began) / (double) Math.max(1, end - began));
        }
    }

    private void tell(double at, double seconds, double timeDone) {
        Histogram commands = interval.commands();
        double iops = commands.getTotalCount() / seconds;
        long planned = workers.stream().mapToLong(LoadWorker::planned).sum();
        double done = plan.endsByItself() ? total.commands().getTotalCount() / (double) Math.max(1, planned) : timeDone;
        BenchReport.Counts counts = counts();
        listener.second(new Interval(at, Math.min(1, Math.max(0, done)), commands.getTotalCount(), iops, iops * plan.pattern().size() / 1e6,
                commands.getValueAtPercentile(99) / 1e3, counts.errors() + counts.lost() + counts.corrupt()));
    }

    /** Waits for all workers to end; @return whether they have, or one has failed */
    private boolean ended(long waitNanos) throws InterruptedException {
        long end = nanos.getAsLong() + waitNanos;
        boolean all = true;
        for (LoadWorker worker : workers) {
            all &= worker.awaitEnd(Math.max(0, end - nanos.getAsLong()));
            if (worker.failure() != null) {
                return true;
            }
        }
        return all;
    }

    /** Stops all; what is under way may still be answered. @return why one ended early; null where none did */
    private String end() throws InterruptedException {
        workers.forEach(LoadWorker::stop);
        String lost = stopped ? "stopped" : null;
        for (LoadWorker worker : workers) {
            worker.awaitEnd(Long.MAX_VALUE);
            if (worker.failure() instanceof IOException failure && lost == null) {
                lost = failure.getMessage();
            }
        }
        return lost;
    }

    private BenchReport.Counts counts() {
        return new BenchReport.Counts(sum(t -> t.errors.sum()), sum(t -> t.repeated.sum()), sum(t -> t.lost.sum()), sum(t -> t.lostConnections.sum()),
                sum(t -> t.corrupt.sum()), sum(t -> t.stale.sum()), sum(t -> t.unwritten.sum()));
    }

    private long sum(ToLongFunction<Tally> count) {
        return workers.stream().map(LoadWorker::tally).mapToLong(count).sum();
    }
}
