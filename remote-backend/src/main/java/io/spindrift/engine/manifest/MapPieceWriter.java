package io.spindrift.engine.manifest;

import io.spindrift.engine.map.Place;
import io.spindrift.engine.map.PlaceVisitor;
import java.nio.ByteBuffer;

/**
 * Collects places in the order of their blocks into one piece of a checkpoint: runs of (distance to the run before, length, place),
 * numbers of 7 bits a byte. One writer makes one piece.
 */
public final class MapPieceWriter implements PlaceVisitor {
    static final int MAGIC = 0x53704d70;
    static final int VERSION = 1;
    static final int HEADER = 8;
    private static final int LONGEST_RUN_BYTES = 30;

    private final ByteBuffer out;
    private long runFirst = -1;
    private long runPlace;
    private long runLength;
    private long lastEnd;
    private long lastPlace;

    public MapPieceWriter(int pieceBytes) {
        out = ByteBuffer.allocate(pieceBytes);
        out.putInt(MAGIC).putInt(VERSION);
    }

    /** Answers false when the piece is full, the block being in it. */
    @Override
    public boolean place(long block, long place) {
        boolean follows = runFirst >= 0 && block == runFirst + runLength && place == runPlace + runLength;
        if (follows && Place.number(place) == Place.number(runPlace)) {
            runLength++;
            return true;
        }
        endRun();
        runFirst = block;
        runPlace = place;
        runLength = 1;
        return out.remaining() >= 2 * LONGEST_RUN_BYTES;
    }

    public ByteBuffer finish() {
        endRun();
        runFirst = -1;
        return out.flip();
    }

    private void endRun() {
        if (runFirst < 0) {
            return;
        }
        number(runFirst - lastEnd);
        number(runLength);
        long distance = runPlace - lastPlace;
        number(distance << 1 ^ distance >> 63);
        lastEnd = runFirst + runLength;
        lastPlace = runPlace;
    }

    private void number(long value) {
        long left = value;
        while ((left & ~0x7fL) != 0) {
            out.put((byte) (left | 0x80));
            left >>>= 7;
        }
        out.put((byte) left);
    }
}
