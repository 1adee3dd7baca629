package io.spindrift.microbench;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.PduReader;
import io.spindrift.iscsi.pdu.PduSink;
import io.spindrift.iscsi.pdu.PduWriter;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** 32 PDUs in one receive buffer, and 32 responses in one flush: nanoseconds for each. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PduCodecBenchmark {
    private static final int TOGETHER = 32;
    private static final int BLOCK = 4096;
    private static final int SCSI_COMMAND = 0x01;
    private static final int DATA_IN = 0x25;
    private static final int SCSI_RESPONSE = 0x21;

    private final Counter counter = new Counter();
    private final EmbeddedChannel receiving = new EmbeddedChannel(new PduReader(counter));
    private final EmbeddedChannel sending = new EmbeddedChannel(new Sink());
    private final PduWriter writer = new PduWriter(sending.pipeline().firstContext());
    private ByteBuf reads;
    private ByteBuf writes;
    private ByteBuf block;

    /** Takes each PDU, collecting its data, as a session does with immediate data. */
    private static final class Counter implements PduSink {
        private long tags;

        @Override
        public int longestData() {
            return 1 << 18;
        }

        @Override
        public void header(Bhs bhs, PduReader reader) {
            tags += bhs.initiatorTaskTag() + bhs.cmdSn() + bhs.lun();
            if (bhs.dataLength() > 0) {
                reader.collect();
            }
        }

        @Override
        public void payload(Bhs bhs, ByteBuf data) {
            if (data != null) {
                tags += data.readableBytes();
                data.release();
            }
        }

        @Override
        public void malformed(Bhs bhs, Malformation why) {
            throw new IllegalStateException(why.toString());
        }

        @Override
        public void readComplete() {
        }

        @Override
        public void writabilityChanged(boolean writable) {
        }

        @Override
        public void closed() {
        }
    }

    /** The transport: takes what is written. */
    private static final class Sink extends ChannelOutboundHandlerAdapter {
        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            ReferenceCountUtil.release(message);
            promise.trySuccess();
        }
    }

    @Setup
    public void fill() {
        reads = PooledByteBufAllocator.DEFAULT.directBuffer(TOGETHER * Bhs.LENGTH);
        writes = PooledByteBufAllocator.DEFAULT.directBuffer(TOGETHER * (Bhs.LENGTH + BLOCK));
        block = PooledByteBufAllocator.DEFAULT.directBuffer(BLOCK).writeZero(BLOCK);
        for (int i = 0; i < TOGETHER; i++) {
            command(reads, 0xc1, 0, i, 0x88);
            command(writes, 0xa1, BLOCK, i, 0x8a);
            writes.writeZero(BLOCK);
        }
    }

    private static void command(ByteBuf to, int flags, int immediate, int tag, int operation) {
        to.writeByte(SCSI_COMMAND).writeByte(flags).writeShort(0).writeInt(immediate).writeLong(0).writeInt(tag).writeInt(BLOCK);
        to.writeInt(tag).writeInt(1).writeByte(operation).writeByte(0).writeLong(tag * 8L).writeInt(8).writeShort(0);
    }

    @TearDown
    public void release() {
        reads.release();
        writes.release();
        block.release();
        receiving.close();
        sending.close();
    }

    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public long decodeReadCommand() {
        receiving.pipeline().fireChannelRead(reads.retainedDuplicate());
        return counter.tags;
    }

    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public long decodeWriteWith4KiB() {
        receiving.pipeline().fireChannelRead(writes.retainedDuplicate());
        return counter.tags;
    }

    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public boolean encodeDataIn4KiB() {
        for (int i = 0; i < TOGETHER; i++) {
            writer.begin(DATA_IN, 0x81).putInt(16, i).putInt(20, Bhs.NO_TAG).putInt(24, i).putInt(28, i).putInt(32, i + TOGETHER).end(block.retainedDuplicate());
        }
        writer.flush();
        return writer.dirty();
    }

    @Benchmark
    @OperationsPerInvocation(TOGETHER)
    public boolean encodeResponse() {
        for (int i = 0; i < TOGETHER; i++) {
            writer.begin(SCSI_RESPONSE, 0x80).putInt(16, i).putInt(24, i).putInt(28, i).putInt(32, i + TOGETHER).end();
        }
        writer.flush();
        return writer.dirty();
    }
}
