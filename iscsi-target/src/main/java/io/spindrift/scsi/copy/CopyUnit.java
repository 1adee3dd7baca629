package io.spindrift.scsi.copy;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.Completion;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.sense.SenseData;

/**
 * A logical unit as a copy source or destination. But for {@link #home} everything is called on its home loop, with the buffers and
 * completions of {@link io.spindrift.block.BlockDevice}.
 */
public interface CopyUnit {
    /** The unit's home loop; any thread. */
    EventExecutor home();

    BlockGeometry geometry();

    /**
     * What the initiator would be told if it asked itself: a copy must not do for it what it may not do. An initiator that has no
     * session with the unit's target does not reach the unit.
     *
     * @param from the nexus that the copy was asked for through, of this unit's target or another one
     * @return null where the unit may be read, or written
     */
    CscdAnswer refusal(Nexus from, boolean write);

    /**
     * Asks how far what stands at {@code lba} goes on in the same way.
     *
     * @param count blocks to look at, 1 or more
     */
    void extent(long lba, long count, ExtentAnswer answer);

    void read(long lba, int blockCount, ByteBuf dst, Completion completion);

    void write(long lba, int blockCount, ByteBuf src, Completion completion);

    void unmap(long lba, long blockCount, Completion completion);

    /** What a failure of the device is reported as. */
    SenseData sense(BlockFailure failure, long lba);

    /** Called once, on the home loop, at once or later. */
    interface ExtentAnswer {
        /** @param count blocks from the LBA on that are alike, 1 to what was asked; where it is not known they are called mapped */
        void extent(boolean deallocated, long count);
    }
}
