package io.spindrift.volume;

/**
 * How a volume ended.
 *
 * @param dirtyBytes that are in the journal only; the lease stays with this host then
 * @param released whether the lease was given back, so that any host may attach
 * @param reason one line where something is left; empty otherwise
 */
public record CloseResult(long dirtyBytes, boolean released, String reason) {
    /** Whether nothing is left behind. */
    public boolean clean() {
        return dirtyBytes == 0 && released;
    }
}
