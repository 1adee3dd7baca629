package io.spindrift.volume.fetch;

/** Breaks a fetch table on purpose, to show what its marks are for. */
public final class Weakened {
    private Weakened() {}

    public static void withoutMarks(FetchTable fetches) {
        fetches.withoutMarks();
    }
}
