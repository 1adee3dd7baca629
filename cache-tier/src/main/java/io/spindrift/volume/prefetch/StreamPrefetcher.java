package io.spindrift.volume.prefetch;

import io.spindrift.image.Image;
import io.spindrift.image.ReadPriority;

/**
 * Reads ahead of sequential readers, several at a time. A stream is known by where its next read should begin; after a few reads in a row it
 * is read ahead of by half of what it has read so far, up to the window: what a reader that stops leaves unread stays small against what it
 * read, and one that goes on has the link full soon. Zeros are passed over.
 *
 * <p>Made by {@link Prefetcher}; lives on the home loop.
 */
final class StreamPrefetcher {
    private static final int STREAMS = 16;
    private static final int SLACK_BLOCKS = 256;
    private static final int FIRST_READS = 3;
    private static final int FIRST_BLOCKS = 32;

    /** One reader. */
    private static final class Stream {
        long next = -1;
        long ahead;
        long readBlocks;
        int reads;
        long lastUse;
    }

    private final FetchAhead ahead;
    private final long windowBlocks;
    private final int requestBlocks;
    private final Stream[] streams = new Stream[STREAMS];
    private long blockCount;
    private long uses;

    StreamPrefetcher(FetchAhead ahead, PrefetchSettings settings, long blockCount) {
        this.ahead = ahead;
        this.windowBlocks = settings.windowBytes() / Image.BLOCK_BYTES;
        this.requestBlocks = settings.requestBytes() / Image.BLOCK_BYTES;
        this.blockCount = blockCount;
        for (int at = 0; at < STREAMS; at++) {
            streams[at] = new Stream();
        }
    }

    void resized(long newBlockCount) {
        blockCount = newBlockCount;
    }

    /** A guest has read these blocks. */
    void read(long firstBlock, int count) {
        Stream stream = find(firstBlock);
        stream.lastUse = ++uses;
        long end = firstBlock + count;
        if (end <= stream.next) {
            return;
        }
        stream.readBlocks += end - Math.max(firstBlock, stream.next);
        stream.reads++;
        stream.next = end;
        if (stream.reads >= FIRST_READS && stream.readBlocks >= FIRST_BLOCKS) {
            readAhead(stream);
        }
    }

    private Stream find(long firstBlock) {
        Stream oldest = streams[0];
        for (Stream stream : streams) {
            if (stream.next >= 0 && firstBlock <= stream.next + SLACK_BLOCKS && firstBlock >= stream.next - SLACK_BLOCKS && near(stream, firstBlock)) {
                return stream;
            }
            if (stream.lastUse < oldest.lastUse) {
                oldest = stream;
            }
        }
        oldest.next = firstBlock;
        oldest.ahead = firstBlock;
        oldest.readBlocks = 0;
        oldest.reads = 0;
        return oldest;
    }

    /** A stream that has just begun goes on exactly where it was; one that runs may be met a little out of order. */
    private static boolean near(Stream stream, long firstBlock) {
        return firstBlock == stream.next || stream.reads >= FIRST_READS;
    }

    private void readAhead(Stream stream) {
        long window = Math.min(windowBlocks, stream.readBlocks / 2);
        long end = Math.min(blockCount, stream.next + window);
        stream.ahead = Math.max(stream.ahead, stream.next);
        long least = Math.min(requestBlocks, Math.max(1, window / 2));
        while (end - stream.ahead >= least && ahead.inFlightBytes(ReadPriority.PREFETCH) < 2 * windowBlocks * Image.BLOCK_BYTES) {
            stream.ahead = ahead.fetch(stream.ahead, end, ReadPriority.PREFETCH, true);
        }
    }

    /** Readers that are read ahead of. */
    int active() {
        int count = 0;
        for (Stream stream : streams) {
            if (stream.reads >= FIRST_READS && stream.readBlocks >= FIRST_BLOCKS) {
                count++;
            }
        }
        return count;
    }
}
