package io.spindrift.engine;

import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.FramedFormat;
import io.spindrift.engine.format.FramedFormat.Heard;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is known of an image's holder besides the log: when he was heard of, and what he had not brought yet. In memory, and now and
 * then as a hint in the store, for the server that is asked after this one. Lives on the engine's loop.
 */
final class ImageHolder {
    private static final Logger LOG = LoggerFactory.getLogger(ImageHolder.class);
    private static final long HINT_EVERY_MS = 10_000;
    private static final int HINT_BYTES = 40;

    private long epoch;
    private long lastHeardMs;
    private long dirtyBytes;
    private long oursEpoch = -1;
    private long hintMs;
    private long hintBytes;

    /** @param hint what the store says; null where it says nothing */
    ImageHolder(Heard hint, long leaseEpoch, long leaseMs, long startMs) {
        epoch = leaseEpoch;
        boolean fits = hint != null && hint.epoch() == leaseEpoch;
        dirtyBytes = fits ? hint.dirtyBytes() : 0;
        hintBytes = dirtyBytes;
        lastHeardMs = Math.max(startMs, Math.max(leaseMs, fits ? hint.timeMs() : 0));
    }

    LeaseDesk.Holder state() {
        return new LeaseDesk.Holder(lastHeardMs, dirtyBytes);
    }

    void taken(long newEpoch, long nowMs) {
        epoch = newEpoch;
        dirtyBytes = 0;
        hintBytes = 0;
        lastHeardMs = nowMs;
    }

    void heard(long ofEpoch, long nowMs) {
        if (ofEpoch != epoch) {
            taken(ofEpoch, nowMs);
        }
        lastHeardMs = nowMs;
    }

    /** @return the hint to be kept, null where none is due */
    Heard renewed(long nowMs, long bytes) {
        lastHeardMs = nowMs;
        dirtyBytes = bytes;
        if (bytes == hintBytes || nowMs - hintMs < HINT_EVERY_MS) {
            return null;
        }
        hintMs = nowMs;
        hintBytes = bytes;
        return new Heard(epoch, nowMs, bytes);
    }

    /** This engine gave the lease of that epoch. */
    void ours(long ofEpoch) {
        oursEpoch = ofEpoch;
    }

    boolean isOurs(long ofEpoch) {
        return oursEpoch == ofEpoch || ofEpoch == 0;
    }

    /** Blocks. A hint that can't be read is no hint. */
    static Heard readHint(SegmentStore store, UUID imageId) throws IOException {
        String object = ObjectNames.heard(imageId);
        ByteBuffer bytes = ByteBuffer.allocate(HINT_BYTES);
        try {
            store.read(object, 0, bytes);
            return FramedFormat.heard(bytes.flip(), object);
        } catch (FormatException e) {
            LOG.warn("{}, passed over", e.getMessage());
            return null;
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.ABSENT) {
                return null;
            }
            throw e;
        }
    }
}
