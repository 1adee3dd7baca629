package io.spindrift.blockcache;

import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The four files of a cache: opens those that can be vouched for, else drops them and makes new ones. Made by
 * {@link ChronicleBlockCache#open}; everything here blocks and runs on the blocking executor.
 */
final class CacheFiles {
    private static final Logger LOG = LoggerFactory.getLogger(CacheFiles.class);
    static final String STATE = "cache.state";
    static final String DIRECTORY = "cache.directory";
    static final String HEADERS = "cache.headers";
    static final String SLAB = "cache.slab";
    /** What the directory takes for a slot, at the first attempt to fit. */
    private static final int DIRECTORY_BYTES = 24;
    private final Path folder;
    private final long capacityBytes;
    private final UUID boot;
    private FileChannel stateFile;
    private FileChannel headerFile;
    private FileChannel slabFile;
    CacheState state;
    CacheDirectory directory;
    CacheSlab slab;
    SlotTable table;
    /** What the slab is written through; a test may put something between. */
    UnaryOperator<FileChannel> slabs = UnaryOperator.identity();

    CacheFiles(Path folder, CacheSettings settings, UUID boot) {
        this.folder = folder;
        this.capacityBytes = settings.capacityBytes();
        this.boot = boot;
    }

    void open() throws IOException {
        if (!Files.isDirectory(folder)) {
            Files.createDirectories(folder);
            syncFolder(folder.toAbsolutePath().getParent());
        }
        lock();
        try {
            String reason = refusal();
            if (reason == null) {
                reason = openFound();
            }
            if (reason != null) {
                LOG.info("{}: cache dropped: {}", folder, reason);
                make();
            }
            state.status(false, boot, 0);
        } catch (IOException | RuntimeException e) {
            release();
            throw e;
        }
    }

    private void lock() throws IOException {
        stateFile = FileChannel.open(folder.resolve(STATE), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            FileLock lock = stateFile.tryLock();
            if (lock != null) {
                return;
            }
        } catch (OverlappingFileLockException held) {
            stateFile.close();
            throw new IOException(folder + ": cache in use by this process already", held);
        }
        stateFile.close();
        throw new IOException(folder + ": cache in use by another process");
    }

    /** Whether another boot wrote this and did not close it: then only what was synced before its last checkpoint is known to have reached the disk. */
    private boolean isOfAnotherBoot() {
        return !state.isClean() && !state.boot().equals(boot);
    }

    /** Why what lies here can't be used; null where it can be tried. */
    private String refusal() throws IOException {
        if (stateFile.size() != CacheState.BYTES) {
            return stateFile.size() == 0 ? "a new one" : "its state has " + stateFile.size() + " bytes";
        }
        state = new CacheState(stateFile, FileChannel.MapMode.READ_WRITE);
        String mismatch = state.mismatch(capacityBytes);
        if (mismatch != null) {
            return mismatch;
        }
        state.loadPoint();
        long slots = state.slots();
        boolean directoryFits = isOfAnotherBoot() || size(DIRECTORY) == state.directoryBytes();
        if (slots < 1 || size(SLAB) != slots * Image.BLOCK_BYTES || size(HEADERS) != slots * CacheSlab.HEADER_BYTES || !directoryFits) {
            return "a file is missing or of the wrong size";
        }
        return isOfAnotherBoot() && state.checkpoint() == null ? "not closed, and without a checkpoint, before the host started anew" : null;
    }

    /** Whether it is that the disk, or a quota on it, has no room now. */
    static boolean noSpace(IOException e) {
        return e.getMessage() != null && (e.getMessage().contains("No space left") || e.getMessage().contains("quota exceeded"));
    }

    private long size(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.isRegularFile(file) ? Files.size(file) : -1;
    }

    private String openFound() {
        try {
            openSlab(state.slots());
            Path file = folder.resolve(DIRECTORY);
            if (isOfAnotherBoot()) {
                return openSynced(file);
            }
            boolean clean = state.isClean();
            table = new SlotTable(state.slots());
            if (clean && CacheDirectory.crc(file) != state.directoryCrc()) {
                LOG.warn("{}: fails its checksum and is made anew from the headers of the slots", file);
                remake(file);
            } else {
                directory = clean ? CacheDirectory.open(file, state.slots()) : CacheDirectory.recover(file, state.slots());
                directory.visit(this::load);
            }
            LOG.info("{}: cache of {} blocks, {} kept, {}", folder, table.slots(), table.used(), clean ? "was clean" : "recovered");
            return null;
        } catch (IOException | RuntimeException | Error e) {
            if (e instanceof VirtualMachineError fatal && !(e instanceof InternalError)) {
                throw fatal;
            }
            return "can't be read: " + e;
        }
    }

    /** The slots tell the truth about themselves; the directory only saves reading them all. */
    private void remake(Path file) throws IOException {
        Files.deleteIfExists(file);
        directory = CacheDirectory.open(file, state.slots());
        for (int slot = 0; slot < table.slots(); slot++) {
            long block = slab.named(slot) - 1;
            if (block >= 0 && load(block, slot)) {
                directory.put(block, slot);
            } else if (block != -1) {
                slab.forget(slot);
            }
        }
    }

    /**
     * Power may have been lost. The directory is made anew of the headers, and the cache is what it was at its last checkpoint or, slot by slot, later: a
     * slot that is whole holds its block as the image had it at the checkpoint or after it, and the image names those that changed since. One that
     * is torn fails its check.
     */
    private String openSynced(Path file) throws IOException {
        table = new SlotTable(state.slots());
        remake(file);
        if (size(DIRECTORY) != state.directoryBytes()) {
            return "its directory has another size now";
        }
        state.advance(state.checkpoint());
        syncFolder(folder);
        LOG.info("{}: cache of {} blocks, {} kept as of its last checkpoint", folder, table.slots(), table.used());
        return null;
    }

    private static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Believes an entry where the slot says the same. */
    private boolean load(long block, int slot) {
        if (slot < 0 || slot >= table.slots() || slab.named(slot) != block + 1 || table.blockIn(slot) != SlotTable.NONE
            || table.slotOf(block) != SlotTable.NONE) {
            return false;
        }
        table.put(block, slot);
        return true;
    }

    private void openSlab(int slots) throws IOException {
        headerFile = FileChannel.open(folder.resolve(HEADERS), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        slabFile = FileChannel.open(folder.resolve(SLAB), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        slab = new CacheSlab(slabs.apply(slabFile), headerFile, slots, FileChannel.MapMode.READ_WRITE);
    }

    /** Gives up whatever is here and makes an empty cache that stays within the capacity. */
    private void make() throws IOException {
        releaseData();
        if (state != null) {
            state.unmap();
            state = null;
        }
        stateFile.truncate(0);
        stateFile.force(true);
        Files.deleteIfExists(folder.resolve(SLAB));
        Files.deleteIfExists(folder.resolve(HEADERS));
        int slots = makeDirectory();
        CacheDirectory.fill(stateFile, CacheState.BYTES);
        state = new CacheState(stateFile, FileChannel.MapMode.READ_WRITE);
        try (FileChannel headers = FileChannel.open(folder.resolve(HEADERS), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            CacheDirectory.fill(headers, (long) slots * CacheSlab.HEADER_BYTES);
        }
        openSlab(slots);
        syncFolder(folder);
        table = new SlotTable(slots);
        state.make(slots, capacityBytes, size(DIRECTORY));
    }

    /** As many slots as fit beside their directory; how large that is only its file tells. */
    private int makeDirectory() throws IOException {
        Path file = folder.resolve(DIRECTORY);
        int slotBytes = Image.BLOCK_BYTES + CacheSlab.HEADER_BYTES;
        long slots = (capacityBytes - CacheState.BYTES) / (slotBytes + DIRECTORY_BYTES);
        while (slots > 0) {
            Files.deleteIfExists(file);
            int now = (int) Math.min(slots, Integer.MAX_VALUE - 64);
            directory = CacheDirectory.open(file, now);
            long over = Files.size(file) + CacheState.BYTES + (long) now * slotBytes - capacityBytes;
            if (over <= 0) {
                CacheDirectory.claim(file);
                return now;
            }
            directory.close();
            slots = now - Math.max(1, (over + slotBytes - 1) / slotBytes);
        }
        throw new IOException(folder + ": a cache of " + capacityBytes + " bytes has no room for a block beside its directory");
    }

    /** Makes what was put or forgotten before this call durable, and then that it is. Does nothing once closed. */
    synchronized void checkpoint(HistoryPoint upTo) throws IOException {
        if (slab != null) {
            slab.force();
            state.checkpoint(upTo);
        }
    }

    /** Closes; durable and clean where {@code clean} and everything could be synced. */
    synchronized void close(boolean clean) throws IOException {
        try {
            checkpoint(state.point());
            directory.close();
            directory = null;
            state.status(clean, boot, CacheDirectory.crc(folder.resolve(DIRECTORY)));
        } finally {
            release();
        }
    }

    private void releaseData() throws IOException {
        if (directory != null) {
            directory.close();
            directory = null;
        }
        if (slab != null) {
            slab.unmap();
            slab = null;
        }
        if (headerFile != null) {
            headerFile.close();
            headerFile = null;
        }
        if (slabFile != null) {
            slabFile.close();
            slabFile = null;
        }
    }

    private void release() throws IOException {
        try {
            releaseData();
            if (state != null) {
                state.unmap();
                state = null;
            }
        } finally {
            stateFile.close();
        }
    }
}
