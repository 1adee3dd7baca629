package io.spindrift.block;

import io.netty.buffer.ByteBuf;

/** A device in front of another; a decorator overrides what it changes. Everything happens on the inner device's home loop. */
public abstract class ForwardingDevice implements BlockDevice {
    private final BlockDevice inner;

    protected ForwardingDevice(BlockDevice inner) {
        this.inner = inner;
    }

    protected final BlockDevice inner() {
        return inner;
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
    public int atomicBytes() {
        return inner.atomicBytes();
    }

    @Override
    public void extents(long lba, long blockCount, ExtentVisitor visitor, Completion completion) {
        inner.extents(lba, blockCount, visitor, completion);
    }

    @Override
    public void preFetch(long lba, long blockCount, Completion completion) {
        inner.preFetch(lba, blockCount, completion);
    }

    @Override
    public boolean cancel(Completion completion) {
        return inner.cancel(completion);
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
