package io.spindrift.scsi.media;

/**
 * Which commands of a unit must wait for each other. Reads and writes of the same blocks may overlap as they like, except with a command that is to be
 * one action for all the others (COMPARE AND WRITE, ORWRITE, WRITE ATOMIC; SBC-4 4.29, 5.2): it begins when every command that came before it and touches its
 * blocks has ended, and those that come after it wait until it has. Since nobody waits for who came later, all of them end.
 *
 * <p>While no such command is there a task pays one comparison. Made with its {@link MediaPart}; lives on the home loop.
 */
final class RangeLocks {
    private final MediaPart part;
    private final TaskPool tasks;
    /** Tasks that run or wait to run alone on their blocks. */
    private int exclusives;
    private int waiting;
    private boolean waking;
    private boolean wakeAgain;

    RangeLocks(MediaPart part, TaskPool tasks) {
        this.part = part;
        this.tasks = tasks;
    }

    /** @return whether a task that is about to begin may; else it is resumed later */
    boolean admits(MediaTask task) {
        if (task.exclusive) {
            exclusives++;
        }
        if (exclusives == 0 || !mustWait(task)) {
            return true;
        }
        task.waiting = true;
        waiting++;
        return false;
    }

    private boolean mustWait(MediaTask task) {
        for (MediaTask other = tasks.first(); other != task; other = other.next) {
            boolean touches = other.from < task.until && task.from < other.until;
            if (touches && other.part() == part && (other.exclusive || task.exclusive)) {
                return true;
            }
        }
        return false;
    }

    /** A task that waits will not begin. */
    void gaveUp() {
        waiting--;
    }

    /** A task is not among the others any more. @param exclusive whether it ran alone */
    void left(boolean exclusive) {
        if (exclusive) {
            exclusives--;
        }
        if (waiting > 0) {
            wake();
        }
    }

    /** What is resumed may end before this returns, and then others may begin: the outermost call goes round again. */
    private void wake() {
        wakeAgain = true;
        if (waking) {
            return;
        }
        waking = true;
        while (wakeAgain) {
            MediaTask task = ready();
            wakeAgain = task != null;
            if (task != null) {
                waiting--;
                task.resume();
            }
        }
        waking = false;
    }

    private MediaTask ready() {
        for (MediaTask task = tasks.first(); task != tasks.end(); task = task.next) {
            if (task.waiting && task.part() == part && !mustWait(task)) {
                return task;
            }
        }
        return null;
    }
}
