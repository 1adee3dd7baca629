package io.spindrift.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.DefaultEventExecutor;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import org.junit.jupiter.api.Test;

/** Each test breaks the contract in one way and must be found out. */
class CheckedDeviceTest {
    private static final BlockGeometry GEOMETRY = new BlockGeometry(64, 512, 4096);

    private final ByteBuf block = Unpooled.buffer(1024).writeZero(512);
    private final TestCompletion completion = new TestCompletion();

    /** Answers nothing by itself; a test keeps the completion. */
    private static class Silent extends ForwardingDevice {
        Completion last;

        Silent() {
            super(new MemoryDevice(GEOMETRY));
        }

        @Override
        public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
            last = completion;
        }

        @Override
        public boolean cancel(Completion completion) {
            return true;
        }
    }

    private static CheckedDevice checked(BlockDevice device) {
        return new CheckedDevice(device, ImmediateEventExecutor.INSTANCE);
    }

    private void assertBreach(String message, CheckedDevice device, org.junit.jupiter.api.function.Executable call) {
        AssertionError error = assertThrows(AssertionError.class, call);
        assertEquals(message, error.getMessage());
        assertEquals(message, device.firstBreach());
    }

    @Test
    void completingTwice() {
        Silent silent = new Silent();
        CheckedDevice device = checked(silent);
        device.write(0, 1, block, false, completion);
        silent.last.done();
        assertBreach("write of 1 blocks at 0 ended twice, or after it was cancelled", device, () -> silent.last.failed(BlockFailure.FULL));
    }

    @Test
    void completingAfterCancel() {
        Silent silent = new Silent();
        CheckedDevice device = checked(silent);
        device.write(0, 1, block, false, completion);
        assertEquals(true, device.cancel(completion));
        assertBreach("write of 1 blocks at 0 ended twice, or after it was cancelled", device, silent.last::done);
        assertEquals(0, completion.ends());
    }

    @Test
    void movingTheIndices() {
        Silent silent = new Silent();
        CheckedDevice device = checked(silent);
        device.write(0, 1, block, false, completion);
        block.readByte();
        assertBreach("write of 1 blocks at 0: the buffer's indices were moved", device, silent.last::done);
    }

    @Test
    void changingTheDataWhileItIsWritten() {
        Silent silent = new Silent();
        CheckedDevice device = checked(silent);
        device.write(0, 1, block, false, completion);
        block.setByte(9, 9);
        assertBreach("write of 1 blocks at 0: the data changed while it was written", device, silent.last::done);
    }

    @Test
    void releasingTheCallersBuffer() {
        Silent silent = new Silent();
        CheckedDevice device = checked(silent);
        block.retain();
        device.write(0, 1, block, false, completion);
        block.release();
        assertBreach("write of 1 blocks at 0: the device released the caller's buffer", device, silent.last::done);
    }

    @Test
    void doingWhatIsOutside() {
        Silent silent = new Silent();
        CheckedDevice device = checked(silent);
        device.write(64, 1, block, true, completion);
        assertBreach("write with fua of 1 blocks at 64 does not fit the device or its buffer and was done", device, silent.last::done);
    }

    @Test
    void refusingWhatIsWellFormed() {
        Silent silent = new Silent();
        CheckedDevice device = checked(silent);
        device.write(63, 1, block, false, completion);
        assertBreach("write of 1 blocks at 63 is well-formed and was INVALID", device, () -> silent.last.failed(BlockFailure.INVALID));
    }

    @Test
    void servingWhenClosed() {
        Silent silent = new Silent();
        CheckedDevice device = checked(silent);
        device.close(new TestCompletion());
        device.write(0, 1, block, false, completion);
        assertBreach("write of 1 blocks at 0 was done on a closed device", device, silent.last::done);
    }

    @Test
    void callingOffTheHomeLoop() {
        EventExecutor elsewhere = new DefaultEventExecutor();
        CheckedDevice device = new CheckedDevice(new MemoryDevice(GEOMETRY), elsewhere);
        assertBreach("flush off the home loop", device, () -> device.flush(completion));
        elsewhere.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS);
    }
}
