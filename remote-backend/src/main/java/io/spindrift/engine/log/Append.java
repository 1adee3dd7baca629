package io.spindrift.engine.log;

import io.spindrift.engine.format.LogEntry;
import io.spindrift.image.ImageException;
import io.spindrift.store.StoreException;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Something that wants to become an entry of the log. Made on the loop, where everything but {@link #body} is called; ended by exactly one
 * of {@link #done} and {@link #failed}, by {@link LogTail}.
 */
public interface Append {
    /** Whether the log says already what this wants to say: an answer was lost, or the same was asked twice. */
    boolean satisfied(ImageHistory history);

    /**
     * Whether this fits behind what is in the log and what is on its way.
     *
     * @param history the log as far as it is committed
     * @param plannedSequence what will be applied when everything before this is
     * @return why not; null where it fits
     */
    ImageException refused(ImageHistory history, long plannedSequence);

    /** The entry, with the checksums that its blocks came with. */
    LogEntry entry(ImageChain chain, long number);

    /**
     * The bytes behind the header, compared with the entry's checksums. Called on the blocking executor.
     *
     * @throws StoreException CORRUPT where they are not what the checksums were taken of: nothing is put then
     */
    List<ByteBuffer> body(LogEntry entry) throws StoreException;

    /** What will be applied behind this. */
    default long sequenceAfter(long plannedSequence) {
        return plannedSequence;
    }

    /**
     * Whether the number must be shown to be above every checkpoint after it was written: so it is for whoever does not hold the lease,
     * since behind his back the log may have moved on and its dead entries may be gone.
     */
    default boolean verified() {
        return true;
    }

    /** Whether this may be put while entries before it are still under way, and others behind it while it is. */
    default boolean pipelined() {
        return false;
    }

    /** The bytes it brings along, for limits. */
    default int dataBytes() {
        return 0;
    }

    void done();

    void failed(ImageException failure);
}
