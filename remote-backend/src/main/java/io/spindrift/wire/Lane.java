package io.spindrift.wire;

import io.spindrift.image.ReadPriority;

/** Which messages go ahead of which, on both sides: an earlier lane is emptied before a later one is looked at, between frames. */
public enum Lane {
    /** Handshake, keep-alive, events, and answers that are small. */
    URGENT,
    /** What a guest waits for. */
    DEMAND,
    PREFETCH,
    /** Hydration, batches, sidecars. */
    BULK;

    private static final Lane[] OF_PRIORITY = {DEMAND, PREFETCH, BULK};

    public static Lane of(ReadPriority priority) {
        return OF_PRIORITY[priority.ordinal()];
    }
}
