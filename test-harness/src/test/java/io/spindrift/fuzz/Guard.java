package io.spindrift.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.Completion;
import io.spindrift.block.MemoryDevice;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.BitSet;

/**
 * A stamped disk that may only change where a command that was carried out says so. It stands on both sides of the SCSI layer: it reads the CDBs
 * that go in, and sees what comes out at the device. Made by a {@link FuzzWorld}.
 */
final class Guard {
    static final int LUN = 1;
    static final int READ_ONLY_LUN = 3;
    static final int BLOCK = 512;
    static final int BLOCKS = 2048;
    private static final long LUN_FIELD = (long) LUN << 48;

    private final MemoryDevice disk = new MemoryDevice(new BlockGeometry(BLOCKS, BLOCK, 4096));
    private final BitSet allowed = new BitSet();
    private String stray;

    Guard() {
        ByteBuf stamps = Unpooled.buffer(BLOCK * BLOCKS);
        for (int block = 0; block < BLOCKS; block++) {
            stamp(block, stamps);
        }
        Answer written = new Answer();
        disk.write(0, BLOCKS, stamps, false, written);
        written.check();
    }

    private static void stamp(int block, ByteBuf into) {
        for (int at = 0; at < BLOCK / Long.BYTES; at++) {
            into.writeLong((block + 1) * 0x9e3779b97f4a7c15L ^ at);
        }
    }

    private static final class Answer implements Completion {
        private BlockFailure failure;

        @Override
        public void done() { }

        @Override
        public void failed(BlockFailure how) {
            failure = how;
        }

        private void check() {
            if (failure != null) {
                throw new IllegalStateException("the guarded disk failed: " + failure);
            }
        }
    }

    /** The disk as LUN {@link #LUN}. */
    BlockDevice device() {
        return watched(allowed, "LUN " + LUN);
    }

    /** The same disk as one that must never be written. */
    BlockDevice readOnlyDevice() {
        return watched(new BitSet(), "the read-only LUN");
    }

    private BlockDevice watched(BitSet mayChange, String name) {
        return (BlockDevice) Proxy.newProxyInstance(Guard.class.getClassLoader(), new Class<?>[] {BlockDevice.class}, (proxy, method, arguments) -> {
            if (method.getName().startsWith("write") || method.getName().equals("unmap")) {
                changing(mayChange, (Long) arguments[0], ((Number) arguments[1]).longValue(), name);
            }
            return call(disk, method, arguments);
        });
    }

    private void changing(BitSet mayChange, long lba, long count, String name) {
        boolean inside = lba >= 0 && count >= 0 && lba + count <= BLOCKS;
        if (inside && count > 0 && mayChange.nextClearBit((int) lba) < lba + count && stray == null) {
            stray = lba + "+" + count + " of " + name + " is to change, which no command asked for";
        }
    }

    private static Object call(Object on, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /** {@code target}, with an eye on what it is asked for. */
    ScsiTarget watching(ScsiTarget target) {
        return (ScsiTarget) Proxy.newProxyInstance(Guard.class.getClassLoader(), new Class<?>[] {ScsiTarget.class}, (proxy, method, arguments) -> {
            if (method.getName().equals("execute")) {
                asked((ScsiCommand) arguments[0]);
            }
            return call(target, method, arguments);
        });
    }

    private void asked(ScsiCommand command) {
        int code = command.cdb[0] & 0xff;
        if (code == 0x83) {
            allowed.set(0, BLOCKS);
        } else if (command.lun == LUN_FIELD) {
            CdbRanges.changed(command, (lba, count) -> {
                if (lba >= 0 && lba < BLOCKS && count > 0) {
                    allowed.set((int) lba, (int) Math.min(BLOCKS, lba + Math.min(count, BLOCKS)));
                }
            });
        }
    }

    /** A block that holds its stamp; -1 where all may have been written. */
    int untouched(int from) {
        int block = allowed.nextClearBit(from);
        return block < BLOCKS ? block : allowed.nextClearBit(0) < BLOCKS ? allowed.nextClearBit(0) : -1;
    }

    /** Whether {@code data} is what the stamp of {@code block} is. */
    static boolean stamped(byte[] data, int block) {
        ByteBuf stamp = Unpooled.buffer(BLOCK);
        stamp(block, stamp);
        return stamp.equals(Unpooled.wrappedBuffer(data));
    }

    /** Fails where a block changed that nobody addressed. */
    void check() {
        if (stray != null) {
            throw new FuzzFailure(stray);
        }
        ByteBuf now = Unpooled.buffer(BLOCK * BLOCKS);
        Answer read = new Answer();
        disk.read(0, BLOCKS, now, read);
        read.check();
        byte[] data = new byte[BLOCK];
        for (int block = allowed.nextClearBit(0); block < BLOCKS; block = allowed.nextClearBit(block + 1)) {
            now.getBytes(block * BLOCK, data);
            if (!stamped(data, block)) {
                throw new FuzzFailure("block " + block + " changed, which no command addressed");
            }
        }
    }
}
