package io.spindrift.journal;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.HistoryPoint;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * An ordered, bounded log of the writes and unmaps of one volume. Sequences begin where the image's applied sequence ended and rise by one
 * with each record; they are never reused.
 *
 * <p>Bytes are addressed by <em>position</em>: the offset of a data byte in the endless stream of everything that was ever appended. Positions
 * only rise, so that of two positions for one sector the larger is the newer, and a position below {@link #trimmedPosition()} is gone.
 *
 * <p>Every method is called on the home loop, completions run on it. A journal that failed to write or sync fails every later append: what the
 * disk holds is unknown from there on, and only recovery can tell. A disk that is full is no failure: what waits for it goes on when it has room.
 */
public interface Journal {
    /** Random, made with the journal, durable before it is first told. */
    java.util.UUID id();

    /**
     * Appends a write. The bytes of {@code src} have been taken over when this returns or, at the latest, when the completion runs; the
     * caller keeps {@code src} until then.
     *
     * @param lba first 512-byte sector
     * @param sectorCount 1 or more; {@code sectorCount * 512} readable bytes at {@code src.readerIndex()}
     * @param written runs when the record survives the death of this process (it was handed to the operating system), in order
     * @return the record's sequence. {@link #lastDataPosition()} then is where its first data byte will lie
     */
    long appendWrite(long lba, int sectorCount, ByteBuf src, Completion written);

    /** Appends an unmap of {@code [lba, lba + sectorCount)}: one record, whatever its size. */
    long appendUnmap(long lba, long sectorCount, Completion written);

    /** Where the data of the record appended last begins; for an unmap, the position that stands for its order among the writes. */
    long lastDataPosition();

    /** The sequence of the record appended last; the recovered one after open; the image's where the journal is empty. */
    long lastSequence();

    /** Most data bytes that one {@link #appendWrite} may carry. */
    int maxRecordBytes();

    /** Whether a write of {@code bytes} fits now without going over the capacity. */
    boolean hasRoom(long bytes);

    /** Why every append fails from here on; null while it takes records, or will again. */
    BlockFailure failure();

    /**
     * One line where the disk below has no room for files that the capacity allows; empty where it has. {@link #hasRoom} says no then; what there is room
     * for is tried again by the journal itself, and nothing is lost by waiting.
     */
    String shortage();

    /** Makes every record appended before this call survive power loss: group commit, off the loop. */
    void sync(Completion synced);

    /**
     * Copies data bytes of one record; it may be anywhere between {@link #trimmedPosition()} and the end, written to the file yet or not. They are
     * compared with the checksums that were taken when they were appended; what fails is read once more.
     *
     * @param dst filled at the absolute index {@code dstIndex}; indices are not moved. Of no meaning where this throws
     * @throws JournalCorruptException where the bytes can't be read back as they were appended
     */
    void read(long position, int lengthBytes, ByteBuf dst, int dstIndex) throws JournalCorruptException;

    /**
     * Tells the CRC32C of whole blocks of one record, as they were appended: taken before the bytes left the caller's buffer, not from what is here now.
     *
     * @param position of the first byte of a block of 4096 bytes, whose lba is a multiple of 8
     * @param into gets {@code blockCount} checksums from index {@code at} on
     */
    void checksums(long position, int blockCount, int[] into, int at) throws JournalCorruptException;

    /**
     * What a step of a scrub came to.
     *
     * @param next where the next step begins; -1 at the end
     * @param bytes that were read and compared
     * @param damaged what failed, and was wrong when it was read again
     */
    record Scrubbed(long next, long bytes, List<Piece> damaged) {}

    /** Sectors of a record that are not as they were appended. @param what one line that names the file */
    record Piece(long lba, int sectorCount, String what) {}

    /**
     * Reads records that are not in the image yet where they lie, away from the loop, and compares them with their checksums.
     *
     * @param from 0, or where the step before ended
     * @param bytes about so many
     * @return completes on the home loop, and never fails; a journal that keeps nothing on a disk has nothing to look at
     */
    default CompletableFuture<Scrubbed> scrub(long from, int bytes) {
        return CompletableFuture.completedFuture(new Scrubbed(-1, 0, List.of()));
    }

    /**
     * Walks the records above {@code afterSequence} in order, until the visitor answers false or the end is reached. Used by
     * recovery and by destage, which cuts its batches from it.
     */
    void replay(long afterSequence, JournalVisitor visitor) throws JournalCorruptException;

    /** Gives up every record up to and including {@code sequence}: it is in the image. Space comes back segment by segment. */
    void trim(long sequence);

    /** Bytes before this position are gone. */
    long trimmedPosition();

    /** Bytes between the oldest record kept and the end, and what may be used at the most. */
    long usedBytes();

    long capacityBytes();

    /** What of the capacity can be counted on between the oldest record kept and the end, wherever in its segment the oldest lies. */
    long usableBytes();

    /** Notes under which lease the records from here on are written; durable when {@code noted} runs. */
    void begin(HistoryPoint lease, Completion noted);

    /** Whether this journal was closed by {@link #closeClean}, with nothing in it that is not in the image. */
    boolean wasClean();

    /** The lease noted last; null in a journal that never had one. */
    HistoryPoint lease();

    /** Syncs and closes; the records stay. */
    void close(Completion closed);

    /** Closes a journal whose every record is in the image, and says so durably. */
    void closeClean(Completion closed);
}
