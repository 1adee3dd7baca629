package io.spindrift.blockcache;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.Damage;
import io.spindrift.image.Damage.Blocks;
import io.spindrift.image.Damage.Harm;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.agrona.collections.Long2LongHashMap;

/**
 * Looks at a cache that no daemon has open, block by block. Only reads, but for {@link #forgetDamaged}. What is damaged in a cache is lost from it and
 * fetched again, never served. Made for one look; blocks; one thread.
 */
public final class CacheCheck implements AutoCloseable {
    private final Path folder;
    private final String image;
    private final Consumer<Damage> found;
    private final Long2LongHashMap slotOf = new Long2LongHashMap(-1);
    private final List<Integer> damaged = new ArrayList<>();
    private FileChannel stateFile;
    private FileChannel headerFile;
    private FileChannel slabFile;
    private CacheState state;
    private CacheSlab slab;

    /** @param image whose blocks these are, for the report */
    public CacheCheck(Path folder, String image, Consumer<Damage> found) {
        this.folder = folder;
        this.image = image;
        this.found = found;
    }

    /** @param read hears of bytes as they are read */
    public CacheCheck run(LongConsumer read) throws IOException {
        if (!Files.isRegularFile(folder.resolve(CacheFiles.STATE))) {
            return this;
        }
        stateFile = open(CacheFiles.STATE);
        if (stateFile.size() != CacheState.BYTES) {
            tell(Harm.REPLACED, null, CacheFiles.STATE, 0, "has " + stateFile.size() + " bytes; the cache is dropped");
            return this;
        }
        state = new CacheState(stateFile, FileChannel.MapMode.READ_ONLY);
        read.accept(CacheState.BYTES);
        String mismatch = state.mismatch(state.capacityBytes());
        if (mismatch != null) {
            tell(Harm.REPLACED, null, CacheFiles.STATE, 0, mismatch + "; the cache is dropped");
            return this;
        }
        state.loadPoint();
        if (state.pointDamaged()) {
            tell(Harm.REPLACED, null, CacheFiles.STATE, 0, "a point of history is damaged; the one before counts");
        }
        if (state.isClean() && CacheDirectory.crc(folder.resolve(CacheFiles.DIRECTORY)) != state.directoryCrc()) {
            tell(Harm.REPLACED, null, CacheFiles.DIRECTORY, 0, "fails its checksum; it is made anew from the headers of the slots");
        }
        read.accept(state.directoryBytes());
        slots(read);
        return this;
    }

    private FileChannel open(String name) throws IOException {
        return FileChannel.open(folder.resolve(name), StandardOpenOption.READ);
    }

    private void slots(LongConsumer read) throws IOException {
        headerFile = open(CacheFiles.HEADERS);
        slabFile = open(CacheFiles.SLAB);
        long slots = state.slots();
        if (headerFile.size() != slots * CacheSlab.HEADER_BYTES || slabFile.size() != slots * Image.BLOCK_BYTES) {
            tell(Harm.REPLACED, null, CacheFiles.SLAB, 0, "a file is of the wrong size; the cache is dropped");
            return;
        }
        slab = new CacheSlab(slabFile, headerFile, (int) slots, FileChannel.MapMode.READ_ONLY);
        for (int slot = 0; slot < slots; slot++) {
            long block = slab.named(slot) - 1;
            if (block == -1) {
                continue;
            }
            read.accept(Image.BLOCK_BYTES + CacheSlab.HEADER_BYTES);
            if (slab.verify(slot, block)) {
                slotOf.put(block, slot);
            } else {
                damaged.add(slot);
                tell(Harm.REPLACED, block < 0 ? null : new Blocks(image, block, 1), CacheFiles.SLAB, (long) slot * Image.BLOCK_BYTES,
                        "the block that the slot's header names fails its checksum; it is fetched again");
            }
        }
    }

    private void tell(Harm harm, Blocks blocks, String file, long offset, String what) {
        found.accept(new Damage(Damage.Part.CACHE, harm, blocks, folder.resolve(file).toString(), offset, what));
    }

    /** Up to where the blocks are those of the image; null where that is not known: then none may be taken for the image's. */
    public HistoryPoint point() {
        return state == null || !state.isClean() ? null : state.point();
    }

    /** @return whether the block is here and whole; it is in {@code dst} from 0 on then */
    public boolean copy(long block, ByteBuf dst) {
        long slot = slotOf.get(block);
        if (slot < 0 || !slab.verify((int) slot, block)) {
            return false;
        }
        slab.copy((int) slot, 1, dst, 0);
        return true;
    }

    /** Empties the slots that were found damaged, so that nobody looks at them again. @return how many */
    public int forgetDamaged() throws IOException {
        if (damaged.isEmpty()) {
            return 0;
        }
        try (FileChannel headers = FileChannel.open(folder.resolve(CacheFiles.HEADERS), StandardOpenOption.WRITE)) {
            for (int slot : damaged) {
                headers.write(ByteBuffer.allocate(Long.BYTES), (long) slot * CacheSlab.HEADER_BYTES);
            }
            headers.force(true);
        }
        int count = damaged.size();
        damaged.clear();
        return count;
    }

    @Override
    public void close() throws IOException {
        if (slab != null) {
            slab.unmap();
        }
        if (state != null) {
            state.unmap();
        }
        for (FileChannel file : new FileChannel[] {stateFile, headerFile, slabFile}) {
            if (file != null) {
                file.close();
            }
        }
    }
}
