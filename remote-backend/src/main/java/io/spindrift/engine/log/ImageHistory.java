package io.spindrift.engine.log;

import io.spindrift.engine.format.EntryContent;
import io.spindrift.engine.manifest.LeaseSpan;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.manifest.Manifest;
import io.spindrift.image.HistoryPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What an image's log says, but for where its blocks lie: leases, applied sequence, size. It alone decides whether an entry counts.
 * Made by {@link ImageLoader}; one thread at a time.
 */
public final class ImageHistory {
    static final int MAX_SPANS = 256;
    static final int MAX_MARKS = 1024;
    static final int MAX_UNMAPS = 16_384;
    private static final int MAX_UNMAPS_OF_ENTRY = 256;

    private final UUID imageId;
    private final List<LeaseSpan> spans;
    private final List<Manifest.Mark> marks;
    private final List<Manifest.Unmap> unmaps;
    private long unmapFloor;
    private long number;
    private long sizeBlocks;
    private long allocatedHint;
    private long appliedSequence;
    private long appliedMs;
    private boolean deleted;

    /** A new image, with no log yet. */
    public ImageHistory(UUID imageId, long sizeBlocks, long createdMs) {
        this.imageId = imageId;
        this.sizeBlocks = sizeBlocks;
        appliedMs = createdMs;
        spans = new ArrayList<>(List.of(LeaseSpan.none(createdMs)));
        marks = new ArrayList<>();
        unmaps = new ArrayList<>();
    }

    public ImageHistory(Manifest manifest) {
        imageId = manifest.imageId();
        spans = new ArrayList<>(manifest.spans());
        marks = new ArrayList<>(manifest.marks());
        unmaps = new ArrayList<>(manifest.unmaps());
        unmapFloor = manifest.unmapFloor();
        number = manifest.number();
        sizeBlocks = manifest.sizeBlocks();
        allocatedHint = manifest.allocatedBlocks();
        appliedSequence = manifest.appliedSequence();
        appliedMs = manifest.appliedMs();
    }

    /** This state as a manifest that still lacks its pieces. */
    public Manifest manifest(long nonce, long previous, long allocatedBlocks, List<Manifest.Piece> pieces) {
        return new Manifest(imageId, number, nonce, previous, sizeBlocks, allocatedBlocks, appliedSequence, appliedMs, unmapFloor,
                List.copyOf(spans), List.copyOf(marks), List.copyOf(unmaps), pieces);
    }

    /**
     * Takes the next entry of the log.
     *
     * @return whether it counts; one that does not is garbage that only uses its number up: a late put of a writer that was fenced, or of
     *     a pipeline that broke
     */
    public boolean accept(LogEntry entry) {
        assert entry.number() == number + 1 : entry.number() + " after " + number;
        number = entry.number();
        boolean counts = counts(entry);
        if (counts) {
            allocatedHint = entry.allocatedBlocks();
            take(entry);
        }
        return counts;
    }

    private boolean counts(LogEntry entry) {
        LeaseSpan current = lease();
        if (deleted) {
            return false;
        }
        return switch (entry.kind()) {
            case LEASE -> entry.epoch() == current.epoch() + 1;
            case SEGMENT -> isOf(current, entry) && !current.released() && entry.content().fromSequence() == appliedSequence;
            case RELEASE -> isOf(current, entry) && !current.released();
            case RESIZE -> isOf(current, entry) && entry.sizeBlocks() >= sizeBlocks;
            case COMPACT, DELETED -> isOf(current, entry);
        };
    }

    private static boolean isOf(LeaseSpan current, LogEntry entry) {
        return entry.epoch() == current.epoch() && entry.leaseId().equals(current.leaseId());
    }

    private void take(LogEntry entry) {
        switch (entry.kind()) {
            case LEASE -> {
                spans.add(new LeaseSpan(entry.epoch(), entry.leaseId(), entry.lease(), number, appliedSequence, appliedSequence, false,
                        entry.timeMs()));
            }
            case RELEASE -> replaceLease(lease().givenBack());
            case RESIZE -> sizeBlocks = entry.sizeBlocks();
            case DELETED -> deleted = true;
            case SEGMENT -> {
                appliedSequence = entry.content().toSequence();
                appliedMs = entry.timeMs();
                replaceLease(lease().applied(appliedSequence));
                noteMark();
                noteUnmaps(entry.content());
            }
            case COMPACT -> { }
        }
    }

    private void replaceLease(LeaseSpan span) {
        spans.set(spans.size() - 1, span);
    }

    private void noteMark() {
        marks.add(new Manifest.Mark(appliedSequence, number));
        if (marks.size() > MAX_MARKS) {
            for (int i = MAX_MARKS / 2; i > 0; i -= 2) {
                marks.remove(i);
            }
        }
    }

    /** Many small unmaps of one entry are noted as fewer larger ones: telling too much of what changed is harmless. */
    private void noteUnmaps(EntryContent content) {
        int count = 0;
        for (int i = 0; i < content.firstBlocks().length; i++) {
            count += content.unmapped(i) ? 1 : 0;
        }
        int group = Math.max(1, (count + MAX_UNMAPS_OF_ENTRY - 1) / MAX_UNMAPS_OF_ENTRY);
        int inGroup = 0;
        long first = Long.MAX_VALUE;
        long end = 0;
        for (int i = 0; i < content.firstBlocks().length; i++) {
            if (content.unmapped(i)) {
                first = Math.min(first, content.firstBlocks()[i]);
                end = Math.max(end, content.firstBlocks()[i] + content.blockCount(i));
                count--;
                if (++inGroup == group || count == 0) {
                    unmaps.add(new Manifest.Unmap(number, first, end - first));
                    inGroup = 0;
                    first = Long.MAX_VALUE;
                    end = 0;
                }
            }
        }
        if (unmaps.size() > MAX_UNMAPS) {
            int drop = unmaps.size() - MAX_UNMAPS / 2;
            unmapFloor = unmaps.get(drop - 1).number();
            unmaps.subList(0, drop).clear();
        }
    }

    /** Forgets the oldest leases. @return the numbers of their entries, which nothing needs any more */
    List<Long> pruneSpans() {
        List<Long> dropped = new ArrayList<>();
        while (spans.size() > MAX_SPANS) {
            dropped.add(spans.remove(0).number());
        }
        return dropped;
    }

    /**
     * The largest known entry such that everything up to it was in the image at {@code point}.
     *
     * @return -1 where the point is not on this history, or what was unmapped since is no longer known
     */
    public long numberAt(HistoryPoint point) {
        if (!point.imageId().equals(imageId)) {
            return -1;
        }
        for (int i = spans.size() - 1; i >= 0; i--) {
            LeaseSpan span = spans.get(i);
            if (span.epoch() == point.epoch() && span.leaseId().equals(point.leaseId())) {
                boolean within = point.sequence() >= span.fromSequence() && point.sequence() <= span.toSequence();
                long at = within ? numberIn(i, point.sequence()) : -1;
                return at >= unmapFloor ? at : -1;
            }
        }
        return -1;
    }

    private long numberIn(int index, long sequence) {
        LeaseSpan span = spans.get(index);
        if (sequence == span.toSequence()) {
            return index == spans.size() - 1 ? number : spans.get(index + 1).number();
        }
        long best = span.number();
        for (Manifest.Mark mark : marks) {
            if (mark.sequence() <= sequence) {
                best = Math.max(best, mark.number());
            }
        }
        return best;
    }

    public LeaseSpan lease() {
        return spans.get(spans.size() - 1);
    }

    /** The lease before the present one; the present one where it is the first of all. */
    public LeaseSpan previousLease() {
        return spans.get(Math.max(0, spans.size() - 2));
    }

    /** The state as a point of the history: which lease applied the last sequence. */
    public HistoryPoint appliedUnder(LeaseSpan span) {
        return new HistoryPoint(imageId, span.epoch(), span.leaseId(), appliedSequence);
    }

    public UUID imageId() {
        return imageId;
    }

    /** The last entry taken. */
    public long number() {
        return number;
    }

    public long sizeBlocks() {
        return sizeBlocks;
    }

    public long allocatedHint() {
        return allocatedHint;
    }

    public long appliedSequence() {
        return appliedSequence;
    }

    public long appliedMs() {
        return appliedMs;
    }

    public boolean deleted() {
        return deleted;
    }

    public List<Manifest.Unmap> unmaps() {
        return unmaps;
    }
}
