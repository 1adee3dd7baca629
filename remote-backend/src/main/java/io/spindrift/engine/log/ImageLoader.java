package io.spindrift.engine.log;

import io.spindrift.engine.format.Checksums;
import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.manifest.Manifest;
import io.spindrift.engine.manifest.ManifestFormat;
import io.spindrift.engine.manifest.MapPieceReader;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.manifest.TablePiece;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads images back from a store. Has no state; blocks; made by the engine and used on its blocking executor. */
public final class ImageLoader {
    private static final Logger LOG = LoggerFactory.getLogger(ImageLoader.class);
    private static final int LIST_PAGE = 1000;
    private static final int MANIFESTS_TRIED = 16;
    /** What is read of an entry whose length is known: most headers whole, in one read. */
    private static final int FIRST_READ = 64 << 10;

    private final SegmentStore store;

    public ImageLoader(SegmentStore store) {
        this.store = store;
    }

    /**
     * The image as the newest whole checkpoint and the log above it say.
     *
     * @param fresh the image as its name says it was created
     */
    public ImageChain load(ImageHistory fresh) throws IOException {
        UUID imageId = fresh.imageId();
        ImageChain chain = newestCheckpoint(imageId);
        ImageChain start = chain == null ? new ImageChain(fresh) : chain;
        replayListed(start);
        for (LogEntry entry; (entry = entry(imageId, start.history().number() + 1, -1)) != null; ) {
            start.apply(entry);
        }
        return start;
    }

    /** A listing tells lengths, and with the length one read brings a whole header; what is not listed yet is found by asking. */
    private void replayListed(ImageChain chain) throws IOException {
        UUID imageId = chain.history().imageId();
        String prefix = ObjectNames.log(imageId);
        List<StoredObject> page;
        do {
            page = store.list(prefix, ObjectNames.logEntry(imageId, chain.history().number()), LIST_PAGE);
            for (StoredObject object : page) {
                if (ObjectNames.number(prefix, object.name()) != chain.history().number() + 1) {
                    return;
                }
                LogEntry entry = entry(imageId, chain.history().number() + 1, object.length());
                if (entry == null) {
                    return;
                }
                chain.apply(entry);
            }
        } while (page.size() == LIST_PAGE);
    }

    /** As {@link #load}, without the map: for listings. */
    public ImageHistory loadHistory(ImageHistory fresh) throws IOException {
        UUID imageId = fresh.imageId();
        ImageHistory history = fresh;
        for (StoredObject object : store.list(ObjectNames.manifests(imageId), "", MANIFESTS_TRIED)) {
            Manifest manifest = manifestOrNull(imageId, object);
            if (manifest != null) {
                history = new ImageHistory(manifest);
                break;
            }
        }
        for (LogEntry entry; (entry = entry(imageId, history.number() + 1, -1)) != null; ) {
            history.accept(entry);
        }
        return history;
    }

    /** The entries from {@code number} on, up to the first gap or {@code limit}. */
    public List<LogEntry> entries(UUID imageId, long number, int limit) throws IOException {
        List<LogEntry> entries = new ArrayList<>();
        while (entries.size() < limit) {
            LogEntry entry = entry(imageId, number + entries.size(), -1);
            if (entry == null) {
                break;
            }
            entries.add(entry);
        }
        return entries;
    }

    /** The number of the newest manifest, whole or not; 0 where there is none. */
    public long newestManifest(UUID imageId) throws StoreException {
        for (StoredObject object : store.list(ObjectNames.manifests(imageId), "", MANIFESTS_TRIED)) {
            long number = ObjectNames.manifestNumber(imageId, object.name());
            if (number >= 0) {
                return number;
            }
        }
        return 0;
    }

    /**
     * One entry's header.
     *
     * @param length of the object where it is known, -1 where it is not
     * @return null where there is no such entry
     */
    public LogEntry entry(UUID imageId, long number, long length) throws IOException {
        String object = ObjectNames.logEntry(imageId, number);
        ByteBuffer bytes = ByteBuffer.allocate(length < 0 ? EntryFormat.PAGE : (int) Math.min(length, FIRST_READ));
        try {
            store.read(object, 0, bytes);
        } catch (StoreException e) {
            return absentOrThrow(object, e);
        }
        int headerLength = EntryFormat.headerLength(bytes.flip(), object);
        if (headerLength > bytes.limit()) {
            ByteBuffer whole = ByteBuffer.allocate(headerLength).put(bytes);
            readWhole(object, whole.position(), whole);
            bytes = whole.flip();
        }
        return EntryFormat.decode(bytes, imageId, number, object);
    }

    private LogEntry absentOrThrow(String object, StoreException e) throws IOException {
        if (e.kind() != StoreException.Kind.ABSENT) {
            throw e;
        }
        long length = store.length(object);
        if (length >= 0 && length < EntryFormat.PAGE) {
            throw new FormatException(object, "is torn: " + length + " bytes");
        }
        return null;
    }

    private void readWhole(String object, long offset, ByteBuffer into) throws IOException {
        try {
            store.read(object, offset, into);
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.ABSENT) {
                throw new FormatException(object, "is missing or torn");
            }
            throw e;
        }
    }

    private ImageChain newestCheckpoint(UUID imageId) throws IOException {
        List<StoredObject> manifests = store.list(ObjectNames.manifests(imageId), "", MANIFESTS_TRIED);
        for (StoredObject object : manifests) {
            Manifest manifest = manifestOrNull(imageId, object);
            ImageChain chain = manifest == null ? null : chainOrNull(manifest, object);
            if (chain != null) {
                return chain;
            }
        }
        // Nothing of the log is deleted before there are two.
        if (manifests.size() > 1) {
            throw new FormatException(manifests.get(0).name(), "none of the image's checkpoints is whole");
        }
        return null;
    }

    private Manifest manifestOrNull(UUID imageId, StoredObject object) throws IOException {
        long number = ObjectNames.manifestNumber(imageId, object.name());
        if (number < 0 || object.length() > ManifestFormat.MAX_BYTES) {
            LOG.warn("{}: not a manifest, passed over", object.name());
            return null;
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) object.length());
        try {
            readWhole(object.name(), 0, bytes);
            return ManifestFormat.decode(bytes.flip(), imageId, number, object.name());
        } catch (FormatException e) {
            LOG.error("{}; falling back to the checkpoint before", e.getMessage());
            return null;
        }
    }

    private ImageChain chainOrNull(Manifest manifest, StoredObject object) throws IOException {
        ImageChain chain = new ImageChain(new ImageHistory(manifest));
        long bytes = object.length();
        try {
            for (int i = 0; i < manifest.pieces().size(); i++) {
                readPiece(chain, manifest, i);
                bytes += manifest.pieces().get(i).lengthBytes();
            }
        } catch (FormatException e) {
            LOG.error("{}; falling back to the checkpoint before", e.getMessage());
            return null;
        }
        chain.checkpointed(manifest.number(), manifest.previous(), bytes);
        return chain;
    }

    private void readPiece(ImageChain chain, Manifest manifest, int index) throws IOException {
        String name = ObjectNames.piece(manifest.imageId(), manifest.number(), manifest.nonce(), index);
        Manifest.Piece piece = manifest.pieces().get(index);
        if (piece.lengthBytes() < 8 || piece.lengthBytes() > ManifestFormat.MAX_BYTES) {
            throw new FormatException(name, "its manifest claims " + piece.lengthBytes() + " bytes");
        }
        ByteBuffer bytes = ByteBuffer.allocate(piece.lengthBytes());
        readWhole(name, 0, bytes);
        bytes.flip();
        if (Checksums.of(bytes, 0, bytes.limit()) != piece.checksum()) {
            throw new FormatException(name, "fails its checksum");
        }
        if (TablePiece.is(bytes)) {
            TablePiece.read(bytes, chain.live(), name);
        } else {
            new MapPieceReader(bytes, name).read((block, place) -> {
                chain.place(block, place);
                return true;
            });
        }
    }
}
