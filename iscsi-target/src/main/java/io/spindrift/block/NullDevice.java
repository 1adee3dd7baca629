package io.spindrift.block;

import io.netty.buffer.ByteBuf;

/**
 * A disk that forgets what is written and reads as zeros: the ceiling that a transport is measured against. Answers before the
 * method returns, on the caller's thread, which is the home loop.
 */
public final class NullDevice extends LocalDevice {
    public NullDevice(BlockGeometry geometry) {
        super(geometry);
    }

    @Override
    public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
        if (admit(lba, blockCount, dst.writableBytes(), completion)) {
            dst.setZero(dst.writerIndex(), blockCount * geometry().blockLength());
            completion.done();
        }
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        if (admit(lba, blockCount, src.readableBytes(), completion)) {
            completion.done();
        }
    }

    @Override
    public void flush(Completion completion) {
        if (admit(0, 0, completion)) {
            completion.done();
        }
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        if (admit(lba, blockCount, completion)) {
            completion.done();
        }
    }
}
