package io.spindrift.iscsi.session;

import io.netty.util.collection.IntObjectHashMap;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** The commands of a session by initiator task tag, and the pool they come from. On the session's loop. */
final class TaskSet {
    private final IntObjectHashMap<IscsiTask> tasks = new IntObjectHashMap<>(256);
    private final ArrayDeque<IscsiTask> pool = new ArrayDeque<>();
    private final int maxOutstandingR2t;
    private final int mostPooled;

    TaskSet(int maxOutstandingR2t, int mostPooled) {
        this.maxOutstandingR2t = maxOutstandingR2t;
        this.mostPooled = mostPooled;
    }

    IscsiTask find(int tag) {
        return tasks.get(tag);
    }

    int size() {
        return tasks.size();
    }

    IscsiTask take() {
        IscsiTask task = pool.poll();
        return task == null ? new IscsiTask(maxOutstandingR2t) : task;
    }

    void add(IscsiTask task) {
        tasks.put(task.tag, task);
    }

    void remove(IscsiTask task) {
        tasks.remove(task.tag);
        task.state = IscsiTask.State.FREE;
        if (pool.size() < mostPooled) {
            pool.push(task);
        }
    }

    /** Whether any matches. */
    boolean any(Predicate<IscsiTask> which) {
        for (IscsiTask task : tasks.values()) {
            if (which.test(task)) {
                return true;
            }
        }
        return false;
    }

    /** Visits those that match; the visit may remove any. @return whether there were any */
    boolean each(Predicate<IscsiTask> which, Consumer<IscsiTask> visit) {
        boolean any = false;
        for (IscsiTask task : tasks.values().toArray(new IscsiTask[0])) {
            if (task.state != IscsiTask.State.FREE && tasks.get(task.tag) == task && which.test(task)) {
                visit.accept(task);
                any = true;
            }
        }
        return any;
    }
}
