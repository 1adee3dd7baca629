package io.spindrift.simulation;

import java.util.ArrayList;
import java.util.List;

/**
 * The oracle: every write that was ever sent to a volume, when it was sent and when acknowledged, unit by unit; and what that allows a reader
 * to find. No two writes to one unit are under way at once, so each unit's writes have one order. One thread.
 */
final class VolumeHistory {
    private static final long NEVER = Long.MAX_VALUE;

    private final List<List<Version>> units = new ArrayList<>();
    private long lastSequence;
    private long moment;

    /** A write as one unit sees it; moments are counted, not timed. */
    private static final class Version {
        private final long sequence;
        private final long sent;
        private long acknowledged = NEVER;
        private long flushed = NEVER;

        Version(long sequence, long sent) {
            this.sequence = sequence;
            this.sent = sent;
        }
    }

    VolumeHistory(int unitCount) {
        for (int unit = 0; unit < unitCount; unit++) {
            List<Version> versions = new ArrayList<>();
            Version zeros = new Version(0, 0);
            zeros.acknowledged = 0;
            zeros.flushed = 0;
            versions.add(zeros);
            units.add(versions);
        }
    }

    int unitCount() {
        return units.size();
    }

    /** A write of {@code count} units goes out. */
    long sent(int first, int count) {
        lastSequence++;
        moment++;
        for (int unit = first; unit < first + count; unit++) {
            units.get(unit).add(new Version(lastSequence, moment));
        }
        return lastSequence;
    }

    void acknowledged(int first, int count, long sequence) {
        moment++;
        for (int unit = first; unit < first + count; unit++) {
            version(unit, sequence).acknowledged = moment;
        }
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
            return "unit " + unit + ": sequence " + sequence + " was never sent to it";
        }
        int newest = newestAcknowledged(unit);
        return index >= newest ? null
                : "unit " + unit + ": sequence " + sequence + " although " + units.get(unit).get(newest).sequence + " was acknowledged";
    }

    /** The same after power was lost: only what a flush covered has to be there. */
    String afterPowerLoss(int unit, long sequence) {
        int index = index(unit, sequence);
        if (index < 0) {
            return "unit " + unit + ": sequence " + sequence + " was never sent to it";
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
     * write that was acknowledged before it was sent.
     *
     * @param found the sequence in each unit
     */
    String prefix(long[] found) {
        long cut = 0;
        for (int unit = 0; unit < found.length; unit++) {
            int index = index(unit, found[unit]);
            if (index < 0) {
                return "unit " + unit + ": sequence " + found[unit] + " was never sent to it";
            }
            cut = Math.max(cut, units.get(unit).get(index).sent);
        }
        for (int unit = 0; unit < found.length; unit++) {
            List<Version> versions = units.get(unit);
            for (int later = index(unit, found[unit]) + 1; later < versions.size(); later++) {
                if (versions.get(later).acknowledged < cut) {
                    return "unit " + unit + ": sequence " + found[unit] + " although " + versions.get(later).sequence
                            + " was acknowledged before something that is there was sent";
                }
            }
        }
        return null;
    }

    /**
     * A state was accepted: from here on it is what was acknowledged, and what came after it in a unit never was. What came before stays known: an
     * image may be behind.
     */
    void settle(long[] found) {
        moment++;
        for (int unit = 0; unit < found.length; unit++) {
            List<Version> versions = units.get(unit);
            int index = index(unit, found[unit]);
            versions.subList(index + 1, versions.size()).clear();
            Version kept = versions.get(index);
            kept.acknowledged = Math.min(kept.acknowledged, moment);
        }
    }

    private Version version(int unit, long sequence) {
        return units.get(unit).get(index(unit, sequence));
    }

    private int index(int unit, long sequence) {
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
