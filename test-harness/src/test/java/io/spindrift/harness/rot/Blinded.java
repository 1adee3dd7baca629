package io.spindrift.harness.rot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * The control: makes the checksums right again for a byte of a guest that was flipped, so that nobody can see it, as if there were none. What looks at the flips must
 * then see wrong data served. Knows the written formats by itself.
 */
final class Blinded {
    private Blinded() {}

    static void hide(Path root, Flip flip) throws IOException {
        Path file = root.resolve(flip.file());
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file));
        switch (flip.kind()) {
            case SLAB -> slot(root, in, (int) (flip.offset() / 4096));
            case JOURNAL -> {
                record(in, (int) flip.range().from() - 64, (int) flip.range().to());
                Files.write(file, in.array());
            }
            case SEGMENT -> {
                segment(in, (int) flip.offset());
                Files.write(file, in.array());
            }
            default -> throw new IllegalArgumentException(flip.kind() + " holds no guest's data");
        }
    }

    private static int crc(ByteBuffer in, int at, int length) {
        CRC32C crc = new CRC32C();
        crc.update(in.array(), at, length);
        return (int) crc.getValue();
    }

    private static void slot(Path root, ByteBuffer slab, int slot) throws IOException {
        Path file = root.resolve("cache/cache.headers");
        ByteBuffer headers = ByteBuffer.wrap(Files.readAllBytes(file));
        long mixed = headers.getLong(slot * 32) * 0x9E3779B97F4A7C15L + headers.getLong(slot * 32 + 8) * 0xC2B2AE3D27D4EB4FL;
        headers.putInt(slot * 32 + 16, crc(slab, slot * 4096, 4096) ^ (int) (mixed ^ mixed >>> 32));
        Files.write(file, headers.array());
    }

    private static void record(ByteBuffer in, int header, int dataEnd) {
        long lba = in.getLong(header + 24);
        int data = in.getInt(header + 40);
        int pieces = (int) ((lba + data / 512 + 7) / 8 - lba / 8);
        int at = header + 64;
        int length = (int) Math.min(data, (8 - lba % 8) * 512);
        for (int piece = 0; piece < pieces; piece++) {
            in.putInt(pieces == 1 ? header + 44 : dataEnd + 4 * piece, crc(in, at, length));
            at += length;
            length = Math.min(4096, dataEnd - at);
        }
        if (pieces > 1) {
            in.putInt(header + 44, crc(in, dataEnd, 4 * pieces));
        }
        in.putInt(header + 60, crc(in, header, 60));
    }

    private static void segment(ByteBuffer in, int offset) {
        int length = in.getInt(12);
        int body = (length + 4095) / 4096 * 4096;
        int slots = (in.limit() - body) / 4096;
        int slot = (offset - body) / 4096;
        in.putInt(length - 4 * (slots - slot), crc(in, body + slot * 4096, 4096));
        in.putInt(8, 0);
        in.putInt(8, crc(in, 0, length));
    }
}
