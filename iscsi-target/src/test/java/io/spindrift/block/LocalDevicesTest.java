package io.spindrift.block;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LocalDevicesTest {
    private static final BlockGeometry GEOMETRY = new BlockGeometry(8192, 512, 4096);

    /** Devices that answer on the spot. */
    abstract static class OnTheSpot extends BlockDeviceContract {
        @Override
        protected EventExecutor home() {
            return ImmediateEventExecutor.INSTANCE;
        }

        @Override
        protected void runUntilEnded(TestCompletion completion) {
            assertEquals(1, completion.ends());
        }
    }

    @Nested
    class Memory extends OnTheSpot {
        @Override
        protected BlockDevice open() {
            return new MemoryDevice(GEOMETRY);
        }
    }

    @Nested
    class Null extends OnTheSpot {
        @Override
        protected BlockDevice open() {
            return new NullDevice(GEOMETRY);
        }

        @Override
        protected boolean keepsData() {
            return false;
        }
    }

    @Nested
    class Error extends OnTheSpot {
        @Override
        protected BlockDevice open() {
            return new ErrorDevice(new MemoryDevice(GEOMETRY));
        }
    }

    @Nested
    class Checked extends OnTheSpot {
        @Override
        protected BlockDevice open() {
            return new CheckedDevice(new MemoryDevice(GEOMETRY), ImmediateEventExecutor.INSTANCE);
        }
    }

    @Nested
    class WriteThrough extends OnTheSpot {
        @Override
        protected BlockDevice open() {
            return new WriteThroughDevice(new MemoryDevice(GEOMETRY));
        }
    }

    @Nested
    class Delay extends BlockDeviceContract {
        private final MockTicker clock = Ticker.newMockTicker();
        private final ManualIoEventLoop loop = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), clock);

        @Override
        protected BlockDevice open() {
            return new DelayDevice(new MemoryDevice(GEOMETRY), loop, Duration.ofMillis(5));
        }

        @Override
        protected EventExecutor home() {
            return loop;
        }

        @Override
        protected void runUntilEnded(TestCompletion completion) {
            for (int i = 0; i < 10 && completion.ends() == 0; i++) {
                clock.advance(1, TimeUnit.MILLISECONDS);
                loop.runNow();
            }
            assertEquals(1, completion.ends());
        }

        @Override
        protected void release() {
            loop.shutdown();
            loop.runNow();
        }

        @Test
        void requestsAreHeldForTheDelayAndNoLonger() {
            DelayDevice device = new DelayDevice(new MemoryDevice(GEOMETRY), loop, Duration.ofMillis(5));
            TestCompletion flush = new TestCompletion();
            device.flush(flush);
            clock.advance(4999, TimeUnit.MICROSECONDS);
            loop.runNow();
            assertEquals(0, flush.ends());
            assertEquals(1, device.heldRequests());
            clock.advance(1, TimeUnit.MICROSECONDS);
            loop.runNow();
            flush.assertDone();
        }
    }

    @Test
    void memoryIsTakenOnlyForWhatIsWritten() {
        MemoryDevice device = new MemoryDevice(new BlockGeometry(1L << 50, 512, 4096));
        assertEquals(0, device.allocatedBytes());
        ByteBuf block = Unpooled.wrappedBuffer(new byte[512]);
        device.write((1L << 50) - 1, 1, block, false, new TestCompletion());
        device.write(0, 1, block, false, new TestCompletion());
        assertEquals(2 << 16, device.allocatedBytes());
        TestCompletion unmapped = new TestCompletion();
        device.unmap(0, 1L << 50, unmapped);
        unmapped.assertDone();
        assertEquals(0, device.allocatedBytes());
    }

    @Test
    void memoryHasALimit() {
        MemoryDevice device = new MemoryDevice(GEOMETRY, 1 << 16);
        ByteBuf block = Unpooled.wrappedBuffer(new byte[512]);
        TestCompletion fits = new TestCompletion();
        device.write(0, 1, block, false, fits);
        fits.assertDone();
        TestCompletion full = new TestCompletion();
        device.write(128, 1, block, false, full);
        full.assertFailed(BlockFailure.FULL);
    }

    @Test
    void shrinkingForgetsWhatWasPastTheEnd() {
        MemoryDevice device = new MemoryDevice(GEOMETRY);
        ByteBuf block = Unpooled.wrappedBuffer(new byte[512]).setByte(0, 1);
        device.write(8000, 1, block, false, new TestCompletion());
        List<String> heard = new ArrayList<>();
        device.listen(new DeviceListener() {
            @Override
            public void geometryChanged() {
                heard.add("geometry " + device.geometry().blockCount());
            }

            @Override
            public void readinessChanged() {
                heard.add("readiness " + device.readiness());
            }
        });
        device.resize(4096);
        device.resize(8192);
        device.readiness(Readiness.STANDBY);
        assertEquals(List.of("geometry 4096", "geometry 8192", "readiness STANDBY"), heard);
        ByteBuf back = Unpooled.buffer(512);
        device.read(8000, 1, back, new TestCompletion());
        assertEquals(0, back.getByte(0));
    }

    @Test
    void aWriteThroughDeviceMakesEverythingDurable() {
        TracedDevice inner = new TracedDevice(new MemoryDevice(GEOMETRY));
        WriteThroughDevice device = new WriteThroughDevice(inner);
        ByteBuf block = Unpooled.buffer(512).writeZero(512);
        TestCompletion written = new TestCompletion();
        device.write(3, 1, block, false, written);
        TestCompletion unmapped = new TestCompletion();
        device.unmap(8, 8, unmapped);
        assertEquals(List.of("write 3+1 fua", "unmap 8+8", "flush"), inner.calls);
        assertEquals(1, written.ends());
        assertEquals(1, unmapped.ends());
        inner.flushFailure = BlockFailure.UNAVAILABLE;
        TestCompletion lost = new TestCompletion();
        device.unmap(8, 8, lost);
        assertEquals(BlockFailure.UNAVAILABLE, lost.failure());
    }
}
