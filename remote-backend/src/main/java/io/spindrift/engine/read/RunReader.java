package io.spindrift.engine.read;

import io.spindrift.engine.format.Checksums;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.log.ImageLoader;
import io.spindrift.image.Image;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads runs straight into the result and checks every block. Has no state; runs on the blocking executor. */
final class RunReader {
    private static final Logger LOG = LoggerFactory.getLogger(RunReader.class);

    private final SegmentStore store;
    private final ImageLoader loader;
    private final UUID imageId;

    RunReader(SegmentStore store, ImageLoader loader, UUID imageId) {
        this.store = store;
        this.loader = loader;
        this.imageId = imageId;
    }

    /**
     * @param into the result's bytes of this run
     * @param known the segment's index, null where it is to be read
     * @return the index
     */
    SegmentIndex read(ReadRun run, ByteBuffer into, SegmentIndex known) throws IOException, ImageException {
        String object = ObjectNames.logEntry(imageId, run.number());
        SegmentIndex index = known != null ? known : index(run.number(), object);
        if (run.slot() + run.blockCount() > index.checksums().length) {
            throw corrupt(run.firstBlock(), object, "the map names a slot that is not there");
        }
        int wrong = tryRead(run, into, index, object);
        if (wrong >= 0) {
            LOG.warn("image {}, block {}: failed its checksum in {}, reading it once more", imageId, run.firstBlock() + wrong, object);
            wrong = tryRead(run, into, index, object);
        }
        if (wrong >= 0) {
            throw corrupt(run.firstBlock() + wrong, object, "fails its checksum");
        }
        return index;
    }

    private SegmentIndex index(long number, String object) throws IOException {
        LogEntry entry = loader.entry(imageId, number, -1);
        if (entry == null) {
            throw new StoreException(StoreException.Kind.ABSENT, object + " is missing");
        }
        return SegmentIndex.of(entry);
    }

    /** @return the first block of the run that fails its checksum, -1 where none does */
    private int tryRead(ReadRun run, ByteBuffer into, SegmentIndex index, String object) throws IOException {
        store.read(object, index.offset(run.slot()), into.duplicate());
        for (int i = 0; i < run.blockCount(); i++) {
            if (Checksums.of(into, i * Image.BLOCK_BYTES, Image.BLOCK_BYTES) != index.checksums()[run.slot() + i]) {
                return i;
            }
        }
        return -1;
    }

    private ImageException corrupt(long block, String object, String what) {
        return new ImageException(ImageFailure.CORRUPT, "image " + imageId + ", block " + block + ", object " + object + ": " + what);
    }
}
