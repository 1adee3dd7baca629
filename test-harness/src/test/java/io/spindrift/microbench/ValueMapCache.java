package io.spindrift.microbench;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.Image;
import java.io.IOException;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import net.openhft.chronicle.bytes.Bytes;
import net.openhft.chronicle.core.OS;
import net.openhft.chronicle.hash.serialization.SizeMarshaller;
import net.openhft.chronicle.hash.serialization.SizedReader;
import net.openhft.chronicle.hash.serialization.SizedWriter;
import net.openhft.chronicle.map.ChronicleMap;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import net.openhft.chronicle.wire.WireIn;
import net.openhft.chronicle.wire.WireOut;

/**
 * The other way to cache blocks with Chronicle Map: the data lies in the map's values, each with the checksum that the slab keeps in its header. As
 * lean as the map allows: values are copied between its memory and the caller's buffer, nothing is made for a call but the boxed key. Only what the
 * comparison needs: no eviction, no history. One thread.
 */
final class ValueMapCache implements AutoCloseable {
    private static final int CHECK_BYTES = 8;

    private final ChronicleMap<Long, Place> map;
    private final Place place = new Place();
    private final CRC32C crc = new CRC32C();

    ValueMapCache(Path file, long blocks) throws IOException {
        ChronicleMapBuilder<Long, Place> builder = ChronicleMapBuilder.of(Long.class, Place.class).name("values").entries(blocks + blocks / 20 + 64);
        map = builder.actualSegments(1).valueSizeMarshaller(SizeMarshaller.constant(CHECK_BYTES + Image.BLOCK_BYTES)).valueMarshaller(new Copy())
            .putReturnsNull(true).removeReturnsNull(true).allowSegmentTiering(false).createPersistedTo(file.toFile());
    }

    /** Where a block lies in a buffer of the caller, outside of the heap. */
    static final class Place {
        private long address;
        private long check;
    }

    static final class Copy implements SizedReader<Place>, SizedWriter<Place> {
        @Override
        public Place read(Bytes in, long size, Place using) {
            using.check = in.readLong();
            OS.memory().copyMemory(in.addressForRead(in.readPosition()), using.address, Image.BLOCK_BYTES);
            in.readSkip(Image.BLOCK_BYTES);
            return using;
        }

        @Override
        public long size(Place toWrite) {
            return CHECK_BYTES + Image.BLOCK_BYTES;
        }

        @Override
        public void write(Bytes out, long size, Place toWrite) {
            out.writeLong(toWrite.check);
            OS.memory().copyMemory(toWrite.address, out.addressForWrite(out.writePosition()), Image.BLOCK_BYTES);
            out.writeSkip(Image.BLOCK_BYTES);
        }

        @Override
        public void readMarshallable(WireIn wire) {
            // it has no state
        }

        @Override
        public void writeMarshallable(WireOut wire) {
            // it has no state
        }
    }

    boolean get(long block, ByteBuf dst, int index) {
        place.address = dst.memoryAddress() + index;
        return map.getUsing(block, place) != null && place.check == check(block, dst, index);
    }

    void put(long block, ByteBuf src, int index) {
        place.address = src.memoryAddress() + index;
        place.check = check(block, src, index);
        map.put(block, place);
    }

    private long check(long block, ByteBuf buffer, int index) {
        crc.reset();
        crc.update(buffer.internalNioBuffer(index, Image.BLOCK_BYTES));
        return crc.getValue() ^ block;
    }

    @Override
    public void close() {
        map.close();
    }
}
