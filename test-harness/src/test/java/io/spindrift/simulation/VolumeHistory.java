package io.spindrift.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * The oracle: every write and unmap that was ever sent to a volume, when it was sent and when acknowledged, unit by unit; and what that allows a
 * reader to find. No two writes to one unit are under way at once, so each unit's writes have one order. What is found is a sequence; {@link
 * #ZEROS} may be any unmap of the unit, or its beginning. One thread.
 */
final class VolumeHistory {
    /** Found in place of a sequence where a unit holds zeros. */
    static final long ZEROS = 0;

    private static final long NEVER = Long.MAX_VALUE;

    private final List<List<Version>> units = new ArrayList<>();
    private long lastSequence;
    private long moment;

    /** A write as one unit sees it; moments are counted, not timed. */
    private static final class Version {
        private final long sequence;
        private final long sent;
        private final boolean zeros;
        private long acknowledged = NEVER;
        private long flushed = NEVER;

        /** The newest version that a completed read has shown; reads never go back behind it. */
        private boolean seen;

        Version(long sequence, long sent, boolean zeros) {
            this.sequence = sequence;
            this.sent = sent;
            this.zeros = zeros;
        }

        Version copy() {
            Version copy = new Version(sequence, sent, zeros);
            copy.acknowledged = acknowledged;
            copy.flushed = flushed;
            copy.seen = seen;
            return copy;
        }
    }

    VolumeHistory(int unitCount) {
        for (int unit = 0; unit < unitCount; unit++) {
            List<Version> versions = new ArrayList<>();
            Version zeros = new Version(0, 0, true);
            zeros.acknowledged = 0;
            zeros.flushed = 0;
            versions.add(zeros);
            units.add(versions);
        }
    }

    int unitCount() {
        return units.size();
    }

    /** What is known at this moment, for later. */
    VolumeHistory copy() {
        VolumeHistory copy = new VolumeHistory(0);
        for (List<Version> versions : units) {
            List<Version> copied = new ArrayList<>();
            versions.forEach(version -> copied.add(version.copy()));
            copy.units.add(copied);
        }
        copy.lastSequence = lastSequence;
        copy.moment = moment;
        return copy;
    }

    /** A write of {@code count} units goes out. */
    long sent(int first, int count) {
        return sent(first, count, false);
    }

    /** An unmap of {@code count} units goes out. */
    long unmapSent(int first, int count) {
        return sent(first, count, true);
    }

    private long sent(int first, int count, boolean zeros) {
        lastSequence++;
        moment++;
        for (int unit = first; unit < first + count; unit++) {
            units.get(unit).add(new Version(lastSequence, moment, zeros));
        }
        return lastSequence;
    }

    void acknowledged(int first, int count, long sequence) {
        moment++;
        for (int unit = first; unit < first + count; unit++) {
            version(unit, sequence).acknowledged = moment;
        }
    }

    /** The write itself was to survive power loss (FUA), and was acknowledged just now. */
    void durable(int first, int count, long sequence) {
        for (int unit = first; unit < first + count; unit++) {
            version(unit, sequence).flushed = moment;
        }
    }

    /** A read goes out: what it may not fall behind, unit by unit. */
    long[] readSent(int first, int count) {
        long[] floor = new long[count];
        for (int at = 0; at < count; at++) {
            List<Version> versions = units.get(first + at);
            int index = versions.size() - 1;
            while (versions.get(index).acknowledged == NEVER && !versions.get(index).seen) {
                index--;
            }
            floor[at] = versions.get(index).sequence;
        }
        return floor;
    }

    /** What is wrong with a read that was answered; null: nothing (law 5). */
    String readAnswered(int unit, long sequence, long floor) {
        int index = index(unit, sequence);
        if (index < 0) {
            return unknown(unit, sequence);
        }
        int least = exactIndex(unit, floor);
        if (index < least) {
            return "unit " + unit + ": a read shows sequence " + sequence + " although " + floor + " was acknowledged or shown before it";
        }
        if (sequence != ZEROS) {
            units.get(unit).get(index).seen = true;
        }
        return null;
    }

    private static String unknown(int unit, long sequence) {
        return "unit " + unit + ": sequence " + sequence + " was never sent to it, or was given up";
    }

    /** What is flushed when a SYNCHRONIZE CACHE that goes out now is answered: everything acknowledged before. */
    long flushSent() {
        return moment;
    }

    void flushAnswered(long sentAt) {
        for (List<Version> versions : units) {
            for (Version version : versions) {
                if (version.acknowledged <= sentAt) {
                    version.flushed = Math.min(version.flushed, sentAt);
                }
            }
        }
    }

    /** What is wrong with finding {@code sequence} in a unit that has no write under way; null: nothing (law 1, after a process death). */
    String afterDeath(int unit, long sequence) {
        int index = index(unit, sequence);
        if (index < 0) {
            return unknown(unit, sequence);
        }
        int newest = newestAcknowledged(unit);
        return index >= newest ? null
                : "unit " + unit + ": sequence " + sequence + " although " + units.get(unit).get(newest).sequence + " was acknowledged";
    }

    /** The same after power was lost: only what a flush covered has to be there. */
    String afterPowerLoss(int unit, long sequence) {
        int index = index(unit, sequence);
        if (index < 0) {
            return unknown(unit, sequence);
        }
        List<Version> versions = units.get(unit);
        for (int later = versions.size() - 1; later > index; later--) {
            if (versions.get(later).flushed != NEVER) {
                return "unit " + unit + ": sequence " + sequence + " although " + versions.get(later).sequence + " was flushed";
            }
        }
        return null;
    }

    /**
     * What keeps a whole state from being the volume's history cut at one point; null: nothing (law 2). A write that is there asks for every
     * write that was acknowledged before it was sent. Zeros are taken for the unmap that fits.
     *
     * @param found the sequence in each unit
     */
    String prefix(long[] found) {
        long cut = 0;
        for (int unit = 0; unit < found.length; unit++) {
            int index = index(unit, found[unit]);
            if (index < 0) {
                return unknown(unit, found[unit]);
            }
            cut = found[unit] == ZEROS ? cut : Math.max(cut, units.get(unit).get(index).sent);
        }
        for (long before = -1; before != cut;) {
            before = cut;
            for (int unit = 0; unit < found.length; unit++) {
                int index = fitting(unit, found[unit], cut);
                if (index < 0) {
                    return "unit " + unit + ": sequence " + found[unit] + " although a later write was acknowledged before something that is there was sent";
                }
                cut = Math.max(cut, units.get(unit).get(index).sent);
            }
        }
        return null;
    }

    /** The oldest version that shows what was found and has no later one acknowledged before the cut; -1 where there is none. */
    private int fitting(int unit, long found, long cut) {
        List<Version> versions = units.get(unit);
        int overtaken = versions.size() - 1;
        while (overtaken >= 0 && versions.get(overtaken).acknowledged >= cut) {
            overtaken--;
        }
        for (int index = Math.max(0, overtaken); index < versions.size(); index++) {
            if (found == ZEROS ? versions.get(index).zeros : versions.get(index).sequence == found) {
                return index;
            }
        }
        return -1;
    }

    /** The image has come this far, and never goes back: what lies before it is forgotten. Only after {@link #prefix} found nothing wrong. */
    void forgetBefore(long[] found) {
        for (int unit = 0; unit < found.length; unit++) {
            if (found[unit] != ZEROS) {
                units.get(unit).subList(0, index(unit, found[unit])).clear();
            }
        }
    }

    /** A state was accepted: from here on it is what was acknowledged, and what came after it in a unit never was. */
    void settle(long[] found) {
        moment++;
        for (int unit = 0; unit < found.length; unit++) {
            List<Version> versions = units.get(unit);
            int index = index(unit, found[unit]);
            versions.subList(index + 1, versions.size()).clear();
            versions.forEach(version -> version.seen = false);
            Version kept = versions.get(index);
            kept.acknowledged = Math.min(kept.acknowledged, moment);
        }
    }

    private Version version(int unit, long sequence) {
        return units.get(unit).get(exactIndex(unit, sequence));
    }

    /** Of zeros the newest: the kindest reading. */
    private int index(int unit, long sequence) {
        List<Version> versions = units.get(unit);
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (sequence == ZEROS ? versions.get(i).zeros : versions.get(i).sequence == sequence && !versions.get(i).zeros) {
                return i;
            }
        }
        return -1;
    }

    private int exactIndex(int unit, long sequence) {
        List<Version> versions = units.get(unit);
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).sequence == sequence) {
                return i;
            }
        }
        return -1;
    }

    private int newestAcknowledged(int unit) {
        List<Version> versions = units.get(unit);
        for (int i = versions.size() - 1; i >= 0; i--) {
            if (versions.get(i).acknowledged != NEVER) {
                return i;
            }
        }
        throw new IllegalStateException("a unit without a first version");
    }
}
