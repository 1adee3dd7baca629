package io.spindrift.iscsi.pdu;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;

/**
 * The buffers that a connection reads into: one whose size follows what comes, so that many short PDUs are one read, and for long data the
 * buffer that it belongs in, which saves a copy. While long data comes, what is read between two pieces of it is short: most of it would be
 * the beginning of the next, which had to be copied. Made with the connection's {@link PduReader}, on its event loop.
 */
public final class ReceiveBuffers extends AdaptiveRecvByteBufAllocator {
    private static final int SMALLEST_READ = 2048;
    private static final int FIRST_READ = 16 * 1024;
    private static final int LARGEST_READ = 256 * 1024;
    private static final int READ_BETWEEN = 8 * 1024;

    private final PduReader reader;

    public ReceiveBuffers(PduReader reader) {
        super(SMALLEST_READ, FIRST_READ, LARGEST_READ);
        this.reader = reader;
    }

    @Override
    public Handle newHandle() {
        return new Placing((ExtendedHandle) super.newHandle());
    }

    private final class Placing extends DelegatingHandle implements ExtendedHandle {
        private final ExtendedHandle adaptive;

        Placing(ExtendedHandle adaptive) {
            super(adaptive);
            this.adaptive = adaptive;
        }

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            ByteBuf landing = reader.landing();
            if (landing != null) {
                return landing;
            }
            return reader.longData() ? allocator.directBuffer(READ_BETWEEN, READ_BETWEEN) : adaptive.allocate(allocator);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier moreToRead) {
            return adaptive.continueReading(moreToRead);
        }
    }
}
