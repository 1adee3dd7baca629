package io.spindrift.volume.destage;

/**
 * Remembers, coarsely, when which sequence was written: a ring of samples that are at least a tenth of the destage age apart. Bounded: while it
 * is full (nothing reaches the image for long) no samples are added, and the ages of newer records show as too old, never as too young.
 */
final class CutClock {
    private static final int SAMPLES = 1024;

    private final long spacingNanos;
    private final long[] sequences = new long[SAMPLES];
    private final long[] times = new long[SAMPLES];
    private int first;
    private int count;

    CutClock(long spacingNanos) {
        this.spacingNanos = spacingNanos;
    }

    /** A record was written now. */
    void note(long sequence, long now) {
        if (count > 0 && now - times[at(count - 1)] < spacingNanos || count == SAMPLES) {
            // The sample's time is that of its first record; it stands for all up to this one.
            sequences[at(count - 1)] = sequence;
            return;
        }
        sequences[at(count)] = sequence;
        times[at(count)] = now;
        count++;
    }

    /** Everything up to {@code sequence} is in the image. */
    void trim(long sequence) {
        while (count > 0 && sequences[first] <= sequence) {
            first = at(1);
            count--;
        }
    }

    /** How long ago the first record after {@code sequence} was written, at most; 0 where there is none. */
    long ageNanos(long sequence, long now) {
        for (int index = 0; index < count; index++) {
            if (sequences[at(index)] > sequence) {
                return now - times[at(index)];
            }
        }
        return 0;
    }

    private int at(int index) {
        return (first + index) % SAMPLES;
    }
}
