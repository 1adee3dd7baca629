package io.spindrift.image;

import java.util.List;

/**
 * A page of runs in rising order, none touching another. What lies between them, up to {@code nextBlock}, is not listed because it is
 * not so (no data, not changed).
 *
 * @param runs at most {@link #MAX_RUNS}
 * @param nextBlock where the next page begins: everything of the asked range before it is told by {@code runs}. At the end of the
 *     asked range there is no next page
 */
public record RunPage(List<BlockRun> runs, long nextBlock) {
    public static final int MAX_RUNS = 16_384;
}
