package io.spindrift.block;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Asserts the contract of {@link BlockDevice} at the seam, before and after each call, on both sides of it. A breach throws
 * AssertionError at whoever is on the stack, and the first one is kept, because an event loop may swallow what is thrown. For
 * tests and for the simulator: it takes a checksum of all that is written.
 */
public final class CheckedDevice extends ForwardingDevice {
    private final EventExecutor home;
    private final Map<Completion, Checked> running = new IdentityHashMap<>();
    private String firstBreach;
    private boolean closed;

    public CheckedDevice(BlockDevice inner, EventExecutor home) {
        super(inner);
        this.home = home;
    }

    /** What was broken first; null where nothing was. */
    public String firstBreach() {
        return firstBreach;
    }

    /** Requests that have neither completed nor been cancelled. */
    public int runningRequests() {
        return running.size();
    }

    @Override
    public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
        Checked checked = begin("read", lba, blockCount, completion).with(dst, bytes(blockCount), false);
        super.read(lba, blockCount, dst, checked);
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        Checked checked = begin(fua ? "write with fua" : "write", lba, blockCount, completion).with(src, bytes(blockCount), true);
        super.write(lba, blockCount, src, fua, checked);
    }

    @Override
    public void flush(Completion completion) {
        super.flush(begin("flush", 0, 0, completion));
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        super.unmap(lba, blockCount, begin("unmap", lba, blockCount, completion));
    }

    @Override
    public void extents(long lba, long blockCount, ExtentVisitor visitor, Completion completion) {
        Checked checked = begin("extents", lba, blockCount, completion);
        super.extents(lba, blockCount, new ExtentVisitor() {
            private long next = lba;
            private boolean more = true;

            @Override
            public boolean extent(long from, long count, boolean mapped) {
                check(home.inEventLoop() && !checked.ended && more, checked.what + ": told off the loop, after its end, or unasked");
                check(from == next && count > 0 && from + count <= lba + blockCount, checked.what + ": a run of " + count + " at " + from);
                next += count;
                more = visitor.extent(from, count, mapped);
                return more;
            }
        }, checked);
    }

    @Override
    public void preFetch(long lba, long blockCount, Completion completion) {
        super.preFetch(lba, blockCount, begin("pre-fetch", lba, blockCount, completion));
    }

    @Override
    public void listen(DeviceListener listener) {
        check(home.inEventLoop(), "listen off the home loop");
        super.listen(listener);
    }

    @Override
    public boolean cancel(Completion completion) {
        check(home.inEventLoop(), "cancel off the home loop");
        Checked checked = running.get(completion);
        if (checked == null || !super.cancel(checked)) {
            return false;
        }
        checked.cancelled();
        return true;
    }

    @Override
    public void close(Completion completion) {
        check(home.inEventLoop(), "close off the home loop");
        closed = true;
        super.close(new Checked("close", true, completion));
    }

    private long bytes(int blockCount) {
        return (long) blockCount * geometry().blockLength();
    }

    private Checked begin(String verb, long lba, long blockCount, Completion completion) {
        check(home.inEventLoop(), verb + " off the home loop");
        check(completion != null, verb + " without a completion");
        String what = verb + " of " + blockCount + " blocks at " + lba;
        Checked checked = new Checked(what, geometry().contains(lba, blockCount), completion);
        // The same completion may wait for several flushes, but then cancel would not know which of them is meant.
        running.put(completion, checked);
        return checked;
    }

    private void check(boolean holds, String breach) {
        if (holds) {
            return;
        }
        if (firstBreach == null) {
            firstBreach = breach;
        }
        throw new AssertionError(breach);
    }

    /** One request between its call and its end. */
    private final class Checked implements Completion {
        private final String what;
        private final boolean inside;
        private final Completion completion;
        private final BlockGeometry geometryAtCall = geometry();
        private final boolean closedAtCall = closed;
        private ByteBuf buffer;
        private boolean hasRoom = true;
        private boolean written;
        private int readerIndex;
        private int writerIndex;
        private int references;
        private long checksum;
        private boolean ended;

        Checked(String what, boolean inside, Completion completion) {
            this.what = what;
            this.inside = inside;
            this.completion = completion;
        }

        Checked with(ByteBuf callersBuffer, long bytes, boolean isWritten) {
            check(callersBuffer.refCnt() > 0, what + ": the buffer is released already");
            buffer = callersBuffer;
            written = isWritten;
            hasRoom = bytes <= (isWritten ? buffer.readableBytes() : buffer.writableBytes());
            readerIndex = buffer.readerIndex();
            writerIndex = buffer.writerIndex();
            references = buffer.refCnt();
            checksum = checksum();
            return this;
        }

        @Override
        public void done() {
            end();
            check(inside && hasRoom, what + " does not fit the device or its buffer and was done");
            check(!closedAtCall || what.equals("close"), what + " was done on a closed device");
            completion.done();
        }

        @Override
        public void failed(BlockFailure failure) {
            end();
            check(failure != null, what + " failed with no failure");
            boolean wellFormed = inside && hasRoom && geometryAtCall.equals(geometry());
            check(failure != BlockFailure.INVALID || !wellFormed, what + " is well-formed and was INVALID");
            completion.failed(failure);
        }

        void cancelled() {
            check(!ended, what + " was cancelled after it ended");
            ended = true;
            running.remove(completion, this);
        }

        private void end() {
            check(home.inEventLoop(), what + " ended off the home loop");
            check(!ended, what + " ended twice, or after it was cancelled");
            ended = true;
            running.remove(completion, this);
            if (buffer != null) {
                check(buffer.refCnt() >= references, what + ": the device released the caller's buffer");
                check(buffer.readerIndex() == readerIndex && buffer.writerIndex() == writerIndex, what + ": the buffer's indices were moved");
                check(checksum == checksum(), what + ": the data changed while it was written");
            }
        }

        private long checksum() {
            if (!written) {
                return 0;
            }
            CRC32C sum = new CRC32C();
            for (var part : buffer.nioBuffers(readerIndex, writerIndex - readerIndex)) {
                sum.update(part);
            }
            return sum.getValue();
        }
    }
}
