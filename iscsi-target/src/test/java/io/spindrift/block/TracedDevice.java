package io.spindrift.block;

import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Writes down what is asked of a device, and lets a flush fail where it is told to. */
public final class TracedDevice extends ForwardingDevice {
    public final List<String> calls = new ArrayList<>();
    public BlockFailure flushFailure;

    public TracedDevice(BlockDevice inner) {
        super(inner);
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        calls.add("write " + lba + "+" + blockCount + (fua ? " fua" : ""));
        inner().write(lba, blockCount, src, fua, completion);
    }

    @Override
    public void flush(Completion completion) {
        calls.add("flush");
        if (flushFailure != null) {
            completion.failed(flushFailure);
        } else {
            inner().flush(completion);
        }
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        calls.add("unmap " + lba + "+" + blockCount);
        inner().unmap(lba, blockCount, completion);
    }
}
