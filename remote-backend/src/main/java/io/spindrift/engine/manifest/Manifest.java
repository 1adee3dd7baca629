package io.spindrift.engine.manifest;

import java.util.List;
import java.util.UUID;

/**
 * A checkpoint: everything up to log entry {@code number}, but that the pieces of the map may already show later entries too, which
 * replaying the log above {@code number} does no harm to.
 *
 * @param number the last log entry that is in it, 0 for none
 * @param nonce in the names of the pieces
 * @param previous the number of the manifest before: the log above that one is kept
 * @param appliedMs when the last sequence was applied
 * @param unmapFloor unmaps in entries up to this number are not in {@code unmaps} any more
 * @param spans the history of leases, oldest first; the last one is the present one
 */
public record Manifest(
        UUID imageId, long number, long nonce, long previous, long sizeBlocks, long allocatedBlocks, long appliedSequence, long appliedMs,
        long unmapFloor, List<LeaseSpan> spans, List<Mark> marks, List<Unmap> unmaps, List<Piece> pieces) {

    /** After log entry {@code number} the image had applied {@code sequence}. */
    public record Mark(long sequence, long number) {}

    /** Log entry {@code number} unmapped these blocks. */
    public record Unmap(long number, long firstBlock, long blockCount) {}

    /** A piece of the checkpoint: its length and the CRC32C of its bytes. */
    public record Piece(int lengthBytes, int checksum) {}
}
