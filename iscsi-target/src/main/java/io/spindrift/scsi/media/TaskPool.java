package io.spindrift.scsi.media;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;

/**
 * The tasks of a target: those that run, in a list in the order of their arrival, so that one can be found to be aborted, and some that wait to be used again,
 * so that a command costs no allocation. Lives on the target's home loop. How many run is bounded by the transport's command windows.
 */
final class TaskPool {
    private static final int MAX_IDLE = 1024;

    private final ByteBufAllocator allocator;
    private final MediaTask running = new MediaTask(null);
    private MediaTask idle;
    private int idleCount;

    TaskPool(ByteBufAllocator allocator) {
        this.allocator = allocator;
        running.next = running;
        running.previous = running;
    }

    /** A direct buffer with {@code bytes} writable bytes, the caller's. */
    ByteBuf buffer(int bytes) {
        return allocator.directBuffer(bytes, bytes);
    }

    /** A task for a command; {@link MediaTask#start} sets it off. */
    MediaTask take(MediaPart part, ScsiCommand command) {
        MediaTask task = idle;
        if (task == null) {
            task = new MediaTask(this);
        } else {
            idle = task.next;
            idleCount--;
        }
        task.next = running;
        task.previous = running.previous;
        running.previous.next = task;
        running.previous = task;
        task.begin(part, command);
        return task;
    }

    /** @param again whether it may be used again */
    void giveBack(MediaTask task, boolean again) {
        task.previous.next = task.next;
        task.next.previous = task.previous;
        task.previous = null;
        task.next = null;
        if (again && idleCount < MAX_IDLE) {
            task.next = idle;
            idle = task;
            idleCount++;
        }
    }

    /** The task that came first; {@link #end} where there is none. */
    MediaTask first() {
        return running.next;
    }

    /** What follows the task that came last. */
    MediaTask end() {
        return running;
    }

    /** See {@link ScsiTarget#abort}. Walks the running tasks: aborts are rare. */
    boolean abort(ScsiCommand command) {
        for (MediaTask task = running.next; task != running; task = task.next) {
            if (task.command() == command) {
                return task.abort();
            }
        }
        return false;
    }
}
