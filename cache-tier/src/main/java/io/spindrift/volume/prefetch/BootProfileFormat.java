package io.spindrift.volume.prefetch;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The bytes of a boot profile, big endian: magic {@code SDBP} (4), version 1 (2), zero (2), number of runs (4), then for each run, in the order of the
 * start, the distance of its first block from the end of the run before (zig-zag) and its block count, both as variable-length integers of 7 bits a
 * byte, lowest first; at the end the CRC32C (4) of everything before it.
 */
final class BootProfileFormat {
    static final int MAGIC = 0x53444250;
    static final int VERSION = 1;
    static final int MAX_RUNS = 50_000;
    private static final int HEADER_BYTES = 12;
    private static final int LONGEST_RUN_BYTES = 20;

    private BootProfileFormat() {}

    /** @param runs pairs of first block and count; {@code count} of them, at most {@link #MAX_RUNS} */
    static byte[] encode(long[] runs, int count) {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + count * LONGEST_RUN_BYTES + 4);
        out.putInt(MAGIC).putShort((short) VERSION).putShort((short) 0).putInt(count);
        long end = 0;
        for (int at = 0; at < count; at++) {
            long distance = runs[2 * at] - end;
            putVariable(out, distance << 1 ^ distance >> 63);
            putVariable(out, runs[2 * at + 1]);
            end = runs[2 * at] + runs[2 * at + 1];
        }
        out.putInt(checksum(out.array(), out.position()));
        return Arrays.copyOf(out.array(), out.position());
    }

    /**
     * @return pairs of first block and count
     * @throws IllegalArgumentException with the reason, where these are not the bytes of a profile of an image of this size
     */
    static long[] decode(byte[] bytes, long blockCount) {
        if (bytes.length < HEADER_BYTES + 4) {
            throw new IllegalArgumentException("a boot profile has 16 bytes or more, not " + bytes.length);
        }
        ByteBuffer in = ByteBuffer.wrap(bytes);
        if (in.getInt() != MAGIC || in.getShort() != VERSION) {
            throw new IllegalArgumentException("not a boot profile of version " + VERSION);
        }
        if (checksum(bytes, bytes.length - 4) != in.getInt(bytes.length - 4)) {
            throw new IllegalArgumentException("the boot profile's checksum is wrong");
        }
        in.limit(bytes.length - 4);
        in.getShort();
        int count = in.getInt();
        if (count < 0 || count > MAX_RUNS || count > in.remaining() / 2) {
            throw new IllegalArgumentException("a boot profile can't have " + count + " runs");
        }
        return runs(in, count, blockCount);
    }

    private static long[] runs(ByteBuffer in, int count, long blockCount) {
        long[] runs = new long[2 * count];
        long end = 0;
        for (int at = 0; at < count; at++) {
            long coded = variable(in);
            long first = end + (coded >>> 1 ^ -(coded & 1));
            long blocks = variable(in);
            if (first < 0 || blocks < 1 || first > blockCount || blocks > blockCount - first) {
                throw new IllegalArgumentException("a run of the boot profile lies outside of the image");
            }
            runs[2 * at] = first;
            runs[2 * at + 1] = blocks;
            end = first + blocks;
        }
        return runs;
    }

    private static void putVariable(ByteBuffer out, long value) {
        long rest = value;
        while ((rest & ~0x7FL) != 0) {
            out.put((byte) (rest & 0x7F | 0x80));
            rest >>>= 7;
        }
        out.put((byte) rest);
    }

    private static long variable(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64 && in.hasRemaining(); shift += 7) {
            byte part = in.get();
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of the boot profile has no end");
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
