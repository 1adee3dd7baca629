package io.spindrift.block;

import io.netty.buffer.ByteBuf;

/** A device in front of another, for tests that change one thing. */
public class ForwardingTestDevice implements BlockDevice {
    private final BlockDevice inner;

    protected ForwardingTestDevice(BlockDevice inner) {
        this.inner = inner;
    }

    @Override
    public BlockGeometry geometry() {
        return inner.geometry();
    }

    @Override
    public Readiness readiness() {
        return inner.readiness();
    }

    @Override
    public int atomicBytes() {
        return inner.atomicBytes();
    }

    @Override
    public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
        inner.read(lba, blockCount, dst, completion);
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        inner.write(lba, blockCount, src, fua, completion);
    }

    @Override
    public void flush(Completion completion) {
        inner.flush(completion);
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        inner.unmap(lba, blockCount, completion);
    }

    @Override
    public void listen(DeviceListener listener) {
        inner.listen(listener);
    }

    @Override
    public void close(Completion completion) {
        inner.close(completion);
    }
}
