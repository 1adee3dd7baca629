package io.spindrift.engine.manifest;

import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.map.Place;
import io.spindrift.engine.map.PlaceVisitor;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/** Reads what {@link MapPieceWriter} wrote. The piece's checksum is in the manifest and was compared before. */
public final class MapPieceReader {
    private final ByteBuffer in;
    private final String object;

    public MapPieceReader(ByteBuffer in, String object) {
        this.in = in;
        this.object = object;
    }

    public void read(PlaceVisitor visitor) throws FormatException {
        try {
            if (in.getInt() != MapPieceWriter.MAGIC || in.getInt() != MapPieceWriter.VERSION) {
                throw new FormatException(object, "not a piece of a map that this version reads");
            }
            long end = 0;
            long place = 0;
            while (in.hasRemaining()) {
                long first = end + number();
                long length = number();
                long zigzag = number();
                place += zigzag >>> 1 ^ -(zigzag & 1);
                if (length < 1 || length > Place.MAX_SLOTS || Place.number(place) < 1 || Place.number(place) > Place.MAX_NUMBER) {
                    throw new FormatException(object, "a run makes no sense");
                }
                for (long i = 0; i < length; i++) {
                    visitor.place(first + i, place + i);
                }
                end = first + length;
            }
        } catch (BufferUnderflowException e) {
            throw new FormatException(object, "ends in the middle of a run");
        }
    }

    private long number() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte b = in.get();
            value |= (b & 0x7fL) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new BufferUnderflowException();
    }
}
