package io.spindrift.block;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link BlockDevice} must do, seen through a {@link CheckedDevice}. A subclass opens a device of 512-byte blocks with
 * at least 1 MiB, all zeros, and lets its loop run.
 */
public abstract class BlockDeviceContract {
    private static final int LENGTH = 512;
    private static final int GUARD = 64;

    private CheckedDevice device;

    /** Opens the device under test; called on the thread that the home loop takes for its own. */
    protected abstract BlockDevice open() throws Exception;

    /** The home loop of the device. */
    protected abstract EventExecutor home();

    /** Lets the home loop run until {@code completion} has ended. */
    protected abstract void runUntilEnded(TestCompletion completion) throws Exception;

    /** Frees what {@link #open} took, after the device was closed. */
    protected void release() throws Exception {
        // Most devices hold nothing.
    }

    /** Whether what is written can be read again. */
    protected boolean keepsData() {
        return true;
    }

    @BeforeEach
    final void openDevice() throws Exception {
        device = new CheckedDevice(open(), home());
        assertEquals(LENGTH, device.geometry().blockLength());
        assertTrue(device.geometry().capacityBytes() >= 1 << 20, "at least 1 MiB");
    }

    @AfterEach
    final void closeDevice() throws Exception {
        close();
        release();
        assertNull(device.firstBreach());
        assertEquals(0, device.runningRequests());
    }

    private TestCompletion close() throws Exception {
        TestCompletion closed = new TestCompletion();
        device.close(closed);
        runUntilEnded(closed);
        return closed;
    }

    private ByteBuf buffer(byte[] data) {
        // In the middle of its buffer, so that a device that takes an index for granted is found out.
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(GUARD + data.length + GUARD);
        buffer.writeZero(GUARD).skipBytes(GUARD);
        return buffer.writeBytes(data);
    }

    private TestCompletion write(long lba, byte[] data, boolean fua) throws Exception {
        TestCompletion written = new TestCompletion();
        ByteBuf buffer = buffer(data);
        device.write(lba, data.length / LENGTH, buffer, fua, written);
        runUntilEnded(written);
        buffer.release();
        return written;
    }

    private byte[] read(long lba, int blocks) throws Exception {
        TestCompletion done = new TestCompletion();
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(GUARD + blocks * LENGTH + GUARD);
        buffer.writeBytes(filled(GUARD, 0x5A)).setBytes(GUARD + blocks * LENGTH, filled(GUARD, 0x5A));
        device.read(lba, blocks, buffer, done);
        runUntilEnded(done);
        done.assertDone();
        byte[] bytes = ByteBufUtil.getBytes(buffer, GUARD, blocks * LENGTH);
        assertArrayEquals(filled(GUARD, 0x5A), ByteBufUtil.getBytes(buffer, 0, GUARD), "bytes before the read");
        assertArrayEquals(filled(GUARD, 0x5A), ByteBufUtil.getBytes(buffer, GUARD + blocks * LENGTH, GUARD), "bytes after the read");
        buffer.release();
        return bytes;
    }

    private TestCompletion unmap(long lba, long blocks) throws Exception {
        TestCompletion done = new TestCompletion();
        device.unmap(lba, blocks, done);
        runUntilEnded(done);
        return done;
    }

    private TestCompletion flush() throws Exception {
        TestCompletion done = new TestCompletion();
        device.flush(done);
        runUntilEnded(done);
        return done;
    }

    private static byte[] filled(int length, int value) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    private static byte[] random(int blocks, long seed) {
        byte[] bytes = new byte[blocks * LENGTH];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    final void whatWasNeverWrittenIsZeros() throws Exception {
        assertArrayEquals(new byte[16 * LENGTH], read(3, 16));
    }

    @Test
    final void whatIsWrittenIsRead() throws Exception {
        assumeTrue(keepsData());
        byte[] data = random(9, 1);
        write(5, data, false).assertDone();
        assertArrayEquals(data, read(5, 9));
        write(6, random(1, 2), true).assertDone();
        assertArrayEquals(random(1, 2), read(6, 1));
        assertArrayEquals(Arrays.copyOf(data, LENGTH), read(5, 1));
        assertArrayEquals(new byte[LENGTH], read(4, 1));
        assertArrayEquals(new byte[LENGTH], read(14, 1));
    }

    @Test
    final void theLastBlockIsThereAndTheNextIsNot() throws Exception {
        long last = device.geometry().blockCount() - 1;
        write(last, random(1, 3), false).assertDone();
        if (keepsData()) {
            assertArrayEquals(random(1, 3), read(last, 1));
        }
        write(last, random(2, 3), false).assertFailed(BlockFailure.INVALID);
        write(last + 1, random(1, 3), false).assertFailed(BlockFailure.INVALID);
        unmap(last, 2).assertFailed(BlockFailure.INVALID);
    }

    @Test
    final void requestsOutsideAreInvalidWhateverTheNumbers() throws Exception {
        for (long lba : new long[] {-1, Long.MIN_VALUE, Long.MAX_VALUE, device.geometry().blockCount()}) {
            ByteBuf buffer = buffer(new byte[LENGTH]);
            TestCompletion read = new TestCompletion();
            buffer.clear();
            device.read(lba, 1, buffer, read);
            runUntilEnded(read);
            read.assertFailed(BlockFailure.INVALID);
            buffer.release();
            write(lba, new byte[LENGTH], true).assertFailed(BlockFailure.INVALID);
            unmap(lba, Long.MAX_VALUE).assertFailed(BlockFailure.INVALID);
        }
        unmap(0, -1).assertFailed(BlockFailure.INVALID);
    }

    @Test
    final void aBufferThatIsTooSmallIsInvalid() throws Exception {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(LENGTH, LENGTH);
        TestCompletion read = new TestCompletion();
        device.read(0, 2, buffer, read);
        runUntilEnded(read);
        read.assertFailed(BlockFailure.INVALID);
        TestCompletion write = new TestCompletion();
        device.write(0, 1, buffer, false, write);
        runUntilEnded(write);
        write.assertFailed(BlockFailure.INVALID);
        buffer.release();
    }

    @Test
    final void nothingToDoIsDone() throws Exception {
        write(7, new byte[0], false).assertDone();
        unmap(device.geometry().blockCount(), 0).assertDone();
        assertEquals(0, read(7, 0).length);
    }

    @Test
    final void unmappedBlocksAreZerosToTheSector() throws Exception {
        byte[] data = random(64, 4);
        write(0, data, false).assertDone();
        unmap(3, 50).assertDone();
        assertArrayEquals(new byte[50 * LENGTH], read(3, 50));
        if (keepsData()) {
            assertArrayEquals(Arrays.copyOf(data, 3 * LENGTH), read(0, 3));
            assertArrayEquals(Arrays.copyOfRange(data, 53 * LENGTH, 64 * LENGTH), read(53, 11));
        }
        unmap(0, device.geometry().blockCount()).assertDone();
        assertArrayEquals(new byte[64 * LENGTH], read(0, 64));
    }

    @Test
    final void aFlushEnds() throws Exception {
        flush().assertDone();
        write(0, random(8, 5), false).assertDone();
        flush().assertDone();
    }

    @Test
    final void aModelAgreesAfterManyRequests() throws Exception {
        assumeTrue(keepsData());
        int blocks = 512;
        byte[] model = new byte[blocks * LENGTH];
        Random random = new Random(6);
        for (int i = 0; i < 300; i++) {
            int lba = random.nextInt(blocks);
            int count = 1 + random.nextInt(Math.min(40, blocks - lba));
            switch (random.nextInt(4)) {
                case 0:
                    unmap(lba, count).assertDone();
                    Arrays.fill(model, lba * LENGTH, (lba + count) * LENGTH, (byte) 0);
                    break;
                case 1:
                    assertArrayEquals(Arrays.copyOfRange(model, lba * LENGTH, (lba + count) * LENGTH), read(lba, count), "step " + i);
                    break;
                default:
                    byte[] data = random(count, i);
                    write(lba, data, random.nextInt(8) == 0).assertDone();
                    System.arraycopy(data, 0, model, lba * LENGTH, data.length);
            }
        }
        assertArrayEquals(model, read(0, blocks));
    }

    @Test
    final void writesInFlightTogetherAllEnd() throws Exception {
        TestCompletion[] writes = new TestCompletion[32];
        ByteBuf[] buffers = new ByteBuf[writes.length];
        for (int i = 0; i < writes.length; i++) {
            writes[i] = new TestCompletion();
            buffers[i] = buffer(random(4, i));
            device.write(i * 4L, 4, buffers[i], i % 5 == 0, writes[i]);
        }
        for (int i = 0; i < writes.length; i++) {
            runUntilEnded(writes[i]);
            writes[i].assertDone();
            buffers[i].release();
        }
        for (int i = 0; i < writes.length && keepsData(); i++) {
            assertArrayEquals(random(4, i), read(i * 4L, 4));
        }
    }

    @Test
    final void whatIsSaidToBeDeallocatedReadsAsZerosAndWhatWasWrittenIsMapped() throws Exception {
        assumeTrue(keepsData());
        Random random = new Random(10);
        int blocks = 1024;
        for (int at = 0; at < 40; at++) {
            int lba = random.nextInt(blocks - 64);
            int count = 1 + random.nextInt(64);
            if (random.nextInt(3) == 0) {
                unmap(lba, count).assertDone();
            } else {
                write(lba, random(count, at), false).assertDone();
            }
            byte[] content = read(0, blocks);
            int from = random.nextInt(blocks - 1);
            BitSet mapped = mapped(from, blocks - from);
            for (int block = from; block < blocks; block++) {
                boolean zeros = Arrays.equals(new byte[LENGTH], Arrays.copyOfRange(content, block * LENGTH, (block + 1) * LENGTH));
                assertTrue(zeros || mapped.get(block), "block " + block + " has data and is said to have none");
            }
        }
    }

    /** Asks until the whole range was told. */
    private BitSet mapped(long lba, long blockCount) throws Exception {
        BitSet mapped = new BitSet();
        long[] next = {lba};
        while (next[0] < lba + blockCount) {
            long before = next[0];
            TestCompletion told = new TestCompletion();
            device.extents(before, lba + blockCount - before, (from, count, isMapped) -> {
                mapped.set((int) from, (int) (from + count), isMapped);
                next[0] = from + count;
                return count % 3 != 0;
            }, told);
            runUntilEnded(told);
            told.assertDone();
            assertTrue(next[0] > before, "nothing was told");
        }
        return mapped;
    }

    @Test
    final void preFetchingEndsAndChangesNothing() throws Exception {
        byte[] data = random(64, 11);
        write(0, data, false).assertDone();
        TestCompletion near = new TestCompletion();
        device.preFetch(0, device.geometry().blockCount(), near);
        runUntilEnded(near);
        assertTrue(near.ends() == 1 && (near.failure() == null || near.failure() == BlockFailure.FULL), () -> "failed with " + near.failure());
        if (keepsData()) {
            assertArrayEquals(data, read(0, 64));
        }
    }

    @Test
    final void aWholeBlockIsTheLeastThatIsAtomic() {
        assertTrue(device.atomicBytes() >= LENGTH && device.atomicBytes() % LENGTH == 0, "atomic: " + device.atomicBytes());
    }

    @Test
    final void aCancelledRequestHasNoEffectOrEndsInItsOwnTime() throws Exception {
        TestCompletion write = new TestCompletion();
        ByteBuf buffer = buffer(random(1, 8));
        device.write(2, 1, buffer, false, write);
        boolean cancelled = device.cancel(write);
        if (!cancelled) {
            runUntilEnded(write);
            write.assertDone();
        }
        flush().assertDone();
        assertEquals(cancelled ? 0 : 1, write.ends());
        buffer.release();
        if (keepsData()) {
            assertArrayEquals(cancelled ? new byte[LENGTH] : random(1, 8), read(2, 1));
        }
        assertFalse(device.cancel(write), "what has ended can't be cancelled");
    }

    @Test
    final void aClosedDeviceFailsWithClosed() throws Exception {
        close().assertDone();
        close().assertDone();
        write(0, new byte[LENGTH], false).assertFailed(BlockFailure.CLOSED);
        unmap(0, 1).assertFailed(BlockFailure.CLOSED);
        flush().assertFailed(BlockFailure.CLOSED);
        TestCompletion extents = new TestCompletion();
        device.extents(0, 1, (lba, count, mapped) -> true, extents);
        runUntilEnded(extents);
        extents.assertFailed(BlockFailure.CLOSED);
        TestCompletion near = new TestCompletion();
        device.preFetch(0, 1, near);
        runUntilEnded(near);
        near.assertFailed(BlockFailure.CLOSED);
        TestCompletion read = new TestCompletion();
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(LENGTH);
        device.read(0, 1, buffer, read);
        runUntilEnded(read);
        read.assertFailed(BlockFailure.CLOSED);
        buffer.release();
    }

    @Test
    final void closingEndsWhatRuns() throws Exception {
        TestCompletion write = new TestCompletion();
        ByteBuf buffer = buffer(random(1, 9));
        device.write(0, 1, buffer, false, write);
        TestCompletion closed = close();
        closed.assertDone();
        assertEquals(1, write.ends(), "a request outlived the close");
        assertTrue(write.failure() == null || write.failure() == BlockFailure.CLOSED, () -> "failed with " + write.failure());
        buffer.release();
    }
}
