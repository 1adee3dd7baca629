package io.spindrift.initiator;

import java.nio.ByteBuffer;

/** Command descriptor blocks of SPC-4 and SBC-3 that the harness sends. */
public final class Cdb {
    /** Every CDB goes out in sixteen bytes, shorter ones padded (RFC 7143 11.3.5). */
    static final int LENGTH = 16;

    private static final int FUA = 0x08;

    private Cdb() {
    }

    public static byte[] testUnitReady() {
        return new byte[LENGTH];
    }

    public static byte[] inquiry(int allocation) {
        return block(0x12).putShort(3, (short) allocation).array();
    }

    public static byte[] readCapacity16() {
        return block(0x9e).put(1, (byte) 0x10).putInt(10, 32).array();
    }

    public static byte[] read16(long lba, int blocks) {
        byte[] cdb = new byte[LENGTH];
        setRead16(cdb, lba, blocks);
        return cdb;
    }

    public static byte[] write16(long lba, int blocks, boolean fua) {
        byte[] cdb = new byte[LENGTH];
        setWrite16(cdb, lba, blocks, fua);
        return cdb;
    }

    /** Makes READ (16) of {@code cdb}, for a caller that uses it again and again. */
    public static void setRead16(byte[] cdb, long lba, int blocks) {
        transfer(cdb, 0x88, 0, lba, blocks);
    }

    /** Makes WRITE (16) of {@code cdb}. */
    public static void setWrite16(byte[] cdb, long lba, int blocks, boolean fua) {
        transfer(cdb, 0x8a, fua ? FUA : 0, lba, blocks);
    }

    private static void transfer(byte[] cdb, int opcode, int flags, long lba, int blocks) {
        cdb[0] = (byte) opcode;
        cdb[1] = (byte) flags;
        for (int i = 0; i < Long.BYTES; i++) {
            cdb[2 + i] = (byte) (lba >>> 56 - 8 * i);
        }
        for (int i = 0; i < Integer.BYTES; i++) {
            cdb[10 + i] = (byte) (blocks >>> 24 - 8 * i);
        }
    }

    /** SYNCHRONIZE CACHE (16) of the whole unit. */
    public static byte[] synchronize() {
        return block(0x91).array();
    }

    /** UNMAP; its parameter list is {@link #unmapList}. */
    public static byte[] unmap() {
        return block(0x42).putShort(7, (short) 24).array();
    }

    public static ByteBuffer unmapList(long lba, int blocks) {
        ByteBuffer list = ByteBuffer.allocate(24);
        return list.putShort(0, (short) 22).putShort(2, (short) 16).putLong(8, lba).putInt(16, blocks);
    }

    private static ByteBuffer block(int opcode) {
        return ByteBuffer.allocate(LENGTH).put(0, (byte) opcode);
    }
}
