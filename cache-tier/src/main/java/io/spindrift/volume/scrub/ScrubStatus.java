package io.spindrift.volume.scrub;

/**
 * How far scrubbing has come, since the volume was attached.
 *
 * @param running whether a pass is under way
 * @param bytes that were read and compared
 * @param damaged blocks, or parts of them, that were not as they were written
 * @param repaired of those, how many have a good copy again
 * @param passes that came to their end
 * @param lastPassAgeMs how long ago the last one did; -1 for never
 */
public record ScrubStatus(boolean running, long bytes, long damaged, long repaired, long passes, long lastPassAgeMs) {
    /** Before anything was looked at. */
    public static final ScrubStatus NONE = new ScrubStatus(false, 0, 0, 0, 0, -1);
}
