package io.spindrift.scsi.target;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.CheckedDevice;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiResponder;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import java.util.HexFormat;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/** A target with one checked unit at LUN 0 and a nexus whose power-on attention is already gone, spoken to in CDBs. */
public final class ScsiFixture {
    public static final Nexus NEXUS = new Nexus("iqn.2026-11.test:initiator,i,0x000000000001", "iqn.2026-11.io.spindrift:disk0,t,0x0001", 1);
    public static final Nexus OTHER = new Nexus("iqn.2026-11.test:other,i,0x000000000002", "iqn.2026-11.io.spindrift:disk0,t,0x0001", 1);
    public static final UUID IDENTITY = UUID.fromString("01234567-89ab-4def-8123-456789abcdef");
    /** 8 MiB. */
    public static final BlockGeometry GEOMETRY = new BlockGeometry(16384, 512, 4096);

    public final LogicalUnitTarget target;
    private final Nexus own;

    /** Over a target that has no unit yet. */
    public ScsiFixture(LogicalUnitTarget target) {
        this.target = target;
        this.own = NEXUS;
    }

    /** Over a target that has its unit. @param own the nexus that speaks where no other is named */
    public ScsiFixture(LogicalUnitTarget target, Nexus own) {
        this.target = target;
        this.own = own;
        establish(own);
    }

    public ScsiFixture(LogicalUnitSettings settings, BlockDevice device) {
        this(new LogicalUnitTarget(ImmediateEventExecutor.INSTANCE));
        target.addUnit(0, settings, new CheckedDevice(device, ImmediateEventExecutor.INSTANCE)).join();
        establish(NEXUS);
    }

    /** Over a device that may break the contract on purpose. */
    public ScsiFixture(BlockDevice unchecked) {
        this(new LogicalUnitTarget(ImmediateEventExecutor.INSTANCE));
        target.addUnit(0, settings(), unchecked).join();
        establish(NEXUS);
    }

    public static LogicalUnitSettings settings() {
        return LogicalUnitSettings.defaults(IDENTITY);
    }

    public static ScsiFixture over(BlockDevice device) {
        return new ScsiFixture(settings(), device);
    }

    public static ScsiFixture memory() {
        return over(new MemoryDevice(GEOMETRY));
    }

    /** Establishes a nexus and takes its power-on attention. */
    public void establish(Nexus nexus) {
        target.nexusEstablished(nexus);
        Call call = new Call("00 00 00 00 00 00");
        call.command.nexus = nexus;
        call.go().failed(0x6, 0x2900);
    }

    public Call call(String cdb) {
        return new Call(cdb);
    }

    /** A command that takes data in without a limit, run at once. */
    public Call in(String cdb) {
        return new Call(cdb).wants(1 << 24).go();
    }

    /** A command with data out. */
    public Call out(String cdb, byte[] data) {
        return new Call(cdb).sends(data).go();
    }

    /** A command without data. */
    public Call none(String cdb) {
        return new Call(cdb).go();
    }

    public static byte[] hex(String digits) {
        return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
    }

    /** {@code length} bytes that differ from block to block. */
    public static byte[] pattern(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (seed + i + (i >>> 9) * 7);
        }
        return bytes;
    }

    /** One command, from the transport's side. */
    public final class Call implements ScsiResponder {
        public final ScsiCommand command = new ScsiCommand();
        private byte[] send = new byte[0];
        private BiConsumer<Predicate<Nexus>, Runnable> aborter = (whose, done) -> done.run();
        public int planned;
        public int completions;
        public byte[] data = new byte[0];

        Call(String cdb) {
            byte[] bytes = hex(cdb);
            System.arraycopy(bytes, 0, command.cdb, 0, bytes.length);
            command.cdbLength = 16;
            command.nexus = own;
            command.responder = this;
        }

        public Call wants(long bytes) {
            command.expectedDataIn = bytes;
            return this;
        }

        public Call sends(byte[] bytes) {
            send = bytes;
            command.expectedDataOut = bytes.length;
            return this;
        }

        public Call at(long lun) {
            command.lun = lun;
            return this;
        }

        public Call from(Nexus nexus) {
            command.nexus = nexus;
            return this;
        }

        /** Both dispatches, with the data that the first one asked for. */
        public Call go() {
            planned = target.plan(command);
            if (planned != ScsiTarget.REFUSED) {
                assertTrue(planned >= 0 && planned <= command.expectedDataOut, "planned " + planned);
                command.dataOut = planned == 0 ? null : Unpooled.wrappedBuffer(send, 0, planned);
                target.execute(command);
            }
            return this;
        }

        /** What the transport does when it is asked to end the commands of others. */
        public Call aborting(BiConsumer<Predicate<Nexus>, Runnable> aborts) {
            aborter = aborts;
            return this;
        }

        @Override
        public void abortOthers(ScsiCommand by, Predicate<Nexus> whose, Runnable done) {
            aborter.accept(whose, done);
        }

        @Override
        public void completed(ScsiCommand ended) {
            completions++;
            ByteBuf in = ended.dataIn;
            if (in != null) {
                data = ByteBufUtil.getBytes(in);
                in.release();
            }
        }

        public Call good() {
            assertEquals(1, completions, "completions");
            assertEquals(0, command.status, () -> "status, sense " + HexFormat.of().formatHex(command.sense));
            return this;
        }

        /** @param codes additional sense code and qualifier */
        public Call failed(int key, int codes) {
            assertEquals(1, completions, "completions");
            assertEquals(2, command.status, "status");
            assertEquals(0x70, command.sense[0] & 0x7F, "response code");
            int actual = (command.sense[12] & 0xFF) << 8 | command.sense[13] & 0xFF;
            assertEquals(String.format("%X %04X", key, codes), String.format("%X %04X", command.sense[2], actual));
            return this;
        }

        public Call conflicts() {
            assertEquals(1, completions, "completions");
            assertEquals(0x18, command.status, "status");
            return this;
        }

        public String hexData() {
            return HexFormat.ofDelimiter(" ").withUpperCase().formatHex(data);
        }
    }
}
