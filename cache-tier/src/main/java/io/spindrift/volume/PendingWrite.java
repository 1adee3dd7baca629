package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;

/**
 * A write or unmap from its arrival to its completion: first, where the journal has no room, in the {@link WritePath}'s queue, then until its records
 * are written. Made by {@link WritePath}, on the home loop.
 */
final class PendingWrite implements Completion {
    final long lba;
    final long sectorCount;
    /** Null for an unmap. */
    final ByteBuf src;
    final boolean fua;
    final Completion completion;
    final long startedNanos;
    /** Sectors that are in the journal already. */
    long appended;
    private final WritePath path;
    /** Records under way, and one more until all of them are in the dirty map: who hears that a write is done may read it. */
    private int pending = 1;
    private BlockFailure failure;

    PendingWrite(WritePath path, long lba, long sectorCount, ByteBuf src, boolean fua, Completion completion) {
        this.path = path;
        this.lba = lba;
        this.sectorCount = sectorCount;
        this.src = src;
        this.fua = fua;
        this.completion = completion;
        this.startedNanos = path.now();
    }

    void begun() {
        pending++;
    }

    /** Gives up what is not in the journal yet. */
    void giveUp(BlockFailure why) {
        failure = why;
        done();
    }

    @Override
    public void done() {
        if (--pending > 0) {
            return;
        }
        if (failure != null) {
            completion.failed(failure);
        } else {
            path.written(this);
        }
    }

    @Override
    public void failed(BlockFailure why) {
        failure = why;
        done();
        path.journalFailed(why);
    }
}
