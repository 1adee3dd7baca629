package io.spindrift.block;

import io.netty.buffer.ByteBuf;

/**
 * A device whose writes and unmaps survive power loss before they are done: what a disk with its write cache turned off is to initiators. The inner
 * device stays usable beside it; a request can be taken back through either.
 */
public final class WriteThroughDevice extends ForwardingDevice {
    public WriteThroughDevice(BlockDevice inner) {
        super(inner);
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        inner().write(lba, blockCount, src, true, completion);
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        inner().unmap(lba, blockCount, new Completion() {
            @Override
            public void done() {
                inner().flush(completion);
            }

            @Override
            public void failed(BlockFailure failure) {
                completion.failed(failure);
            }
        });
    }
}
