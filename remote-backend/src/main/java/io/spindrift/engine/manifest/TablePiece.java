package io.spindrift.engine.manifest;

import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.map.LiveTable;
import java.nio.ByteBuffer;

/** A piece of a checkpoint that lists the log entries that may still be in the store: (number, slots). */
public final class TablePiece {
    private static final int MAGIC = 0x53705470;
    private static final int VERSION = 1;
    private static final int HEADER = 8;
    private static final int ROW = 12;

    private TablePiece() {}

    /** Rows that fit into a piece of this size. */
    public static int rows(int pieceBytes) {
        return (pieceBytes - HEADER) / ROW;
    }

    public static ByteBuffer encode(long[] numbers, int from, int to, LiveTable table) {
        ByteBuffer out = ByteBuffer.allocate(HEADER + ROW * (to - from)).putInt(MAGIC).putInt(VERSION);
        for (int i = from; i < to; i++) {
            out.putLong(numbers[i]).putInt(table.slotsOf(numbers[i]));
        }
        return out.flip();
    }

    /** Whether this piece is one of these. */
    public static boolean is(ByteBuffer piece) {
        return piece.limit() >= HEADER && piece.getInt(0) == MAGIC;
    }

    public static void read(ByteBuffer in, LiveTable into, String object) throws FormatException {
        if (in.getInt(4) != VERSION || (in.limit() - HEADER) % ROW != 0) {
            throw new FormatException(object, "not a table of entries that this version reads");
        }
        in.position(HEADER);
        while (in.hasRemaining()) {
            into.add(in.getLong(), in.getInt());
        }
    }
}
