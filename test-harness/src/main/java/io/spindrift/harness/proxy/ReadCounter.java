package io.spindrift.harness.proxy;

import java.nio.ByteBuffer;
import java.util.BitSet;

/**
 * Follows what an initiator sends (RFC 7143, no digests) and notes the blocks of 4 KiB that READ commands ask for, each once: what a guest
 * needs at least. Lives on the link's thread; one for all connections, one {@link #stream} for each.
 */
final class ReadCounter {
    private static final int HEADER = 48;
    private static final int SECTORS_IN_BLOCK = 8;

    private final BitSet blocks = new BitSet();
    private long commands;
    private long sectors;

    ByteTap stream() {
        return new Stream();
    }

    String json() {
        return String.format("{\"read_commands\":%d,\"read_bytes\":%d,\"distinct_blocks\":%d,\"distinct_bytes\":%d}", commands,
                sectors * 512, blocks.cardinality(), blocks.cardinality() * 4096L);
    }

    void clear() {
        blocks.clear();
        commands = 0;
        sectors = 0;
    }

    private final class Stream implements ByteTap {
        private final ByteBuffer header = ByteBuffer.allocate(HEADER);
        private long toSkip;

        @Override
        public void passed(ByteBuffer bytes) {
            while (bytes.hasRemaining()) {
                if (toSkip > 0) {
                    int skipped = (int) Math.min(toSkip, bytes.remaining());
                    bytes.position(bytes.position() + skipped);
                    toSkip -= skipped;
                } else {
                    header.put(bytes.get());
                    if (!header.hasRemaining()) {
                        pdu();
                    }
                }
            }
        }

        private void pdu() {
            toSkip = (header.get(4) & 0xff) * 4L + ((header.getInt(4) & 0xffffff) + 3 & ~3);
            if ((header.get(0) & 0x3f) == 1) {
                command(header.get(32) & 0xff);
            }
            header.clear();
        }

        private void command(int opcode) {
            switch (opcode) {
                case 0x28 -> note(header.getInt(34) & 0xffffffffL, header.getShort(39) & 0xffff);
                case 0xa8 -> note(header.getInt(34) & 0xffffffffL, header.getInt(38));
                case 0x88 -> note(header.getLong(34), header.getInt(42));
                default -> { }
            }
        }
    }

    private void note(long lba, long count) {
        if (count <= 0 || lba < 0 || (lba + count) / SECTORS_IN_BLOCK >= Integer.MAX_VALUE) {
            return;
        }
        commands++;
        sectors += count;
        blocks.set((int) (lba / SECTORS_IN_BLOCK), (int) ((lba + count - 1) / SECTORS_IN_BLOCK) + 1);
    }
}
