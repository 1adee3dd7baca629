package io.spindrift.journal;

import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disk below a journal has no room: what waits for it, and when it is tried again (after 100 ms at first, twice as long each time, up to 2 s). Made
 * by {@link FileJournal}; lives on the home loop.
 */
final class DiskShortage {
    private static final Logger LOG = LoggerFactory.getLogger(DiskShortage.class);
    private static final long FIRST_RETRY_MS = 100;
    private static final long LAST_RETRY_MS = 2_000;

    private final String name;
    private final EventExecutor home;
    private final Runnable tryAgain;
    /** Segments that have no file or header yet, in the order in which they come; and those of them that are not being tried now. */
    private final List<JournalSegment> unprepared = new ArrayList<>();
    private final List<JournalSegment> waiting = new ArrayList<>();
    private boolean unwritten;
    private String reason = "";
    private int attempts;
    private boolean armed;

    DiskShortage(String name, EventExecutor home, Runnable tryAgain) {
        this.name = name;
        this.home = home;
        this.tryAgain = tryAgain;
    }

    boolean isThere() {
        return !reason.isEmpty();
    }

    /** One line; empty where there is none. */
    String reason() {
        return reason;
    }

    /** There was no room for a segment. */
    void unprepared(JournalSegment segment, String why) {
        if (!unprepared.contains(segment)) {
            unprepared.add(segment);
        }
        waiting.add(segment);
        met(why);
    }

    void prepared(JournalSegment segment) {
        unprepared.remove(segment);
        settle();
    }

    /** There was no room for records; they stay staged. */
    void unwritten(String why) {
        unwritten = true;
        met(why);
    }

    void written() {
        unwritten = false;
        settle();
    }

    private void settle() {
        if (isThere() && unprepared.isEmpty() && !unwritten) {
            LOG.warn("{}: the journal's disk has room again", name);
            end();
        }
    }

    /** Nothing waits any more. */
    void end() {
        unprepared.clear();
        waiting.clear();
        reason = "";
        attempts = 0;
    }

    private void met(String why) {
        if (reason.isEmpty()) {
            LOG.warn("{}: the journal's disk is full, writes wait: {}", name, why);
        }
        reason = "the journal's disk is full: " + why;
        if (!armed) {
            armed = true;
            home.schedule(this::due, Math.min(LAST_RETRY_MS, FIRST_RETRY_MS << Math.min(10, attempts++)), TimeUnit.MILLISECONDS);
        }
    }

    private void due() {
        armed = false;
        if (isThere()) {
            tryAgain.run();
        }
    }

    /** Whether a segment that comes before this one is not prepared: segments are prepared in order, for a recovery misses one between others. */
    boolean isBefore(JournalSegment segment) {
        return unprepared.stream().anyMatch(other -> other.ordinal < segment.ordinal);
    }

    /** The preparation of a segment whose turn has not come. */
    void refuse() throws IOException {
        throw new IOException(reason);
    }

    /** Those to prepare once more. */
    List<JournalSegment> takeWaiting() {
        List<JournalSegment> taken = List.copyOf(waiting);
        waiting.clear();
        return taken;
    }
}
