package io.spindrift.scsi;

/**
 * How full the places are that a disk's data goes to, so that initiators can be warned before a write has to wait for room. Made by whoever
 * knows the places; lives on the home loop of the disk's target.
 */
public interface SpaceGauge {
    /** Where data goes. */
    enum Place {
        /** The host's journal, which is this disk's alone: a write waits while it is full. */
        JOURNAL,
        /** What images lie in, shared with other disks: writes stay in the journal while it is full. */
        STORE
    }

    /**
     * One place at a moment.
     *
     * @param usedBytes 0 to {@code capacityBytes}
     * @param capacityBytes above 0
     */
    record Space(long usedBytes, long capacityBytes) {
        public Space {
            if (capacityBytes <= 0 || usedBytes < 0) {
                throw new IllegalArgumentException("a place has a capacity above 0 and not less than nothing in it: " + usedBytes + " of " + capacityBytes);
            }
            usedBytes = Math.min(usedBytes, capacityBytes);
        }

        public long freeBytes() {
            return capacityBytes - usedBytes;
        }
    }

    /** @return null where the disk has no such place, or it is not known how full it is */
    Space read(Place place);

    /** Names the one listener, which is called when a reading has changed by so much that it is worth a look; null removes it. */
    void listen(Runnable changed);

    /** Knows nothing: for disks whose space is nobody's concern. */
    SpaceGauge NONE = new SpaceGauge() {
        @Override
        public Space read(Place place) {
            return null;
        }

        @Override
        public void listen(Runnable changed) {
            // Nothing ever changes.
        }
    };
}
