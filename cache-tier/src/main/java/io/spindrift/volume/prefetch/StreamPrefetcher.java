package io.spindrift.volume.prefetch;

import io.spindrift.image.Image;
import io.spindrift.image.ReadPriority;

/**
 * Reads ahead of sequential readers, several at a time. A stream is known by where its next read should begin; after a few reads in a row it
 * is read ahead of by a quarter of what it has read so far, up to the window, as much at a time as {@link FetchPace} lets go, in equal shares: a reader that stops has cost a quarter more than it read
 * at most, and one that goes on has the link full soon. What a reader jumped over counts as fetched for nothing, until it comes back
 * for it. Zeros are passed over.
 *
 * <p>Made by {@link Prefetcher}; lives on the home loop.
 */
final class StreamPrefetcher {
    private static final int STREAMS = 16;
    private static final int SLACK_BLOCKS = 256;
    private static final int FIRST_READS = 3;
    private static final int FIRST_BLOCKS = 32;
    /** One block is fetched ahead for so many that were read. */
    private static final int READ_FOR_EACH_AHEAD = 4;

    /** One reader. */
    private static final class Stream {
        long next = -1;
        long ahead;
        long readBlocks;
        /** Blocks before {@link #next} that were jumped over. */
        long holes;
        int reads;
        long lastUse;
        /** Blocks asked for and not come. */
        long inFlight;
        /** Rises when this becomes another reader. */
        int reader;
    }

    /** One request for a stream; when it has come, the next goes out. */
    private final class Request implements FetchAhead.Asker {
        private final Stream stream;
        private final int reader;

        Request(Stream stream) {
            this.stream = stream;
            this.reader = stream.reader;
        }

        @Override
        public void begun(int blocks) {
            stream.inFlight += blocks;
        }

        @Override
        public void ended(int blocks) {
            if (stream.reader == reader) {
                stream.inFlight -= blocks;
                readAhead(stream);
            }
        }
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
        advance(stream, firstBlock, firstBlock + count);
        if (stream.reads >= FIRST_READS && stream.readBlocks >= FIRST_BLOCKS) {
            readAhead(stream);
        }
    }

    private static void advance(Stream stream, long first, long end) {
        long late = Math.min(stream.holes, Math.max(0, Math.min(end, stream.next) - first));
        stream.holes -= late;
        stream.readBlocks += late;
        if (end > stream.next) {
            stream.holes += Math.max(0, first - stream.next);
            stream.readBlocks += end - Math.max(first, stream.next);
            stream.reads++;
            stream.next = end;
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
        oldest.holes = 0;
        oldest.reads = 0;
        oldest.inFlight = 0;
        oldest.reader++;
        return oldest;
    }

    /** A stream that has just begun goes on exactly where it was; one that runs may be met a little out of order. */
    private static boolean near(Stream stream, long firstBlock) {
        return firstBlock == stream.next || stream.reads >= FIRST_READS;
    }

    private void readAhead(Stream stream) {
        long window = Math.min(windowBlocks, stream.readBlocks / READ_FOR_EACH_AHEAD - stream.holes);
        if (window <= 0) {
            return;
        }
        long end = Math.min(blockCount, stream.next + window);
        stream.ahead = Math.max(stream.ahead, stream.next);
        long least = Math.min(requestBlocks, Math.max(1, window / 2));
        while (end - stream.ahead >= least && mayAsk(stream)) {
            stream.ahead = ahead.fetch(stream.ahead, end, ReadPriority.PREFETCH, true, new Request(stream));
        }
    }

    /** The link has room, and this reader has no more than its share of it. */
    private boolean mayAsk(Stream stream) {
        int sharing = stream.inFlight > 0 ? 0 : 1;
        for (Stream other : streams) {
            sharing += other.inFlight > 0 ? 1 : 0;
        }
        if (sharing > 1 && stream.inFlight + requestBlocks > Math.max(requestBlocks, ahead.windowBlocks() / sharing)) {
            ahead.held();
            return false;
        }
        return ahead.allows() && ahead.inFlightBytes(ReadPriority.PREFETCH) < 2 * windowBlocks * Image.BLOCK_BYTES;
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
