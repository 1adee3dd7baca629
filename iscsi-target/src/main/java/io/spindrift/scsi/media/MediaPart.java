package io.spindrift.scsi.media;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.UnitPart;

/**
 * What the media commands keep for a unit: which of them must wait for each other. Families whose commands read or write the device in parts of
 * their own claim their blocks here first.
 */
public final class MediaPart implements UnitPart {
    private final LogicalUnit unit;
    private final TaskPool tasks;
    private final RangeLocks locks;

    /** Blocks that a command of another family is at work on. */
    public interface Claim {
        /** The work is over, or is not wanted any more; once. */
        void release();
    }

    MediaPart(LogicalUnit unit, TaskPool tasks) {
        this.unit = unit;
        this.tasks = tasks;
        this.locks = new RangeLocks(this, tasks);
    }

    public static MediaPart of(LogicalUnit unit) {
        return unit.part(MediaPart.class);
    }

    LogicalUnit unit() {
        return unit;
    }

    RangeLocks locks() {
        return locks;
    }

    /** A task for a command of the unit. */
    MediaTask task(ScsiCommand command) {
        return tasks.take(this, command);
    }

    /**
     * Waits for the turn of a piece of work on {@code blockCount} blocks at {@code lba}: not beside a COMPARE AND WRITE or its like on any of them.
     * The home loop.
     *
     * @param alone whether all other work on the blocks is to end first, and to wait until the claim is released
     * @param begun runs when the work may begin, perhaps before this method returns; it does not where the claim is released first
     */
    public Claim claim(long lba, long blockCount, boolean alone, Runnable begun) {
        MediaTask task = tasks.take(this, null);
        task.lba = lba;
        task.blocks = blockCount;
        Work work = new Work(task, begun);
        if (alone) {
            task.startAlone(work);
        } else {
            task.start(work);
        }
        return work;
    }

    /** A task whose requests are somebody else's. */
    private static final class Work implements Claim, MediaTask.Step {
        private MediaTask task;
        private final Runnable begun;

        Work(MediaTask task, Runnable begun) {
            this.task = task;
            this.begun = begun;
        }

        @Override
        public void next(MediaTask running) {
            begun.run();
        }

        @Override
        public void release() {
            MediaTask held = task;
            task = null;
            if (held == null) {
                return;
            }
            if (held.waiting) {
                held.abort();
            } else {
                held.finish();
            }
        }
    }
}
