package io.spindrift.scsi.data;

/** Reads the fields of command descriptor blocks (SPC-5 4.2). All numbers are big-endian; an LBA of 2^63 or more comes out negative. */
public final class Cdb {
    private Cdb() {}

    public static int u8(byte[] bytes, int at) {
        return bytes[at] & 0xFF;
    }

    public static int u16(byte[] bytes, int at) {
        return u8(bytes, at) << 8 | u8(bytes, at + 1);
    }

    public static int u24(byte[] bytes, int at) {
        return u8(bytes, at) << 16 | u16(bytes, at + 1);
    }

    public static long u32(byte[] bytes, int at) {
        return (long) u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    public static long s64(byte[] bytes, int at) {
        return u32(bytes, at) << 32 | u32(bytes, at + 4);
    }

    public static boolean bit(byte[] bytes, int at, int bit) {
        return (bytes[at] >> bit & 1) != 0;
    }

    /** The length that the operation code's group gives a CDB; 0 for the groups that give none. */
    public static int length(byte[] cdb) {
        switch (u8(cdb, 0) >>> 5) {
            case 0:
                return 6;
            case 1:
            case 2:
                return 10;
            case 4:
                return 16;
            case 5:
                return 12;
            default:
                return 0;
        }
    }

    /** The LOGICAL BLOCK ADDRESS of a 6-, 10-, 12- or 16-byte media command. */
    public static long lba(byte[] cdb) {
        switch (length(cdb)) {
            case 6:
                return u24(cdb, 1) & 0x1FFFFF;
            case 16:
                return s64(cdb, 2);
            default:
                return u32(cdb, 2);
        }
    }

    /** The TRANSFER LENGTH (or NUMBER OF LOGICAL BLOCKS) of such a command; in a 6-byte one 0 stands for 256. */
    public static long blocks(byte[] cdb) {
        switch (length(cdb)) {
            case 6:
                return u8(cdb, 4) == 0 ? 256 : u8(cdb, 4);
            case 10:
                return u16(cdb, 7);
            case 12:
                return u32(cdb, 6);
            default:
                return u32(cdb, 10);
        }
    }

    /** The byte that the LBA begins at, for field pointers. */
    public static int lbaField(byte[] cdb) {
        return length(cdb) == 6 ? 1 : 2;
    }

    /** The byte that the number of blocks begins at, for field pointers. */
    public static int blocksField(byte[] cdb) {
        switch (length(cdb)) {
            case 6:
                return 4;
            case 10:
                return 7;
            case 12:
                return 6;
            default:
                return 10;
        }
    }
}
