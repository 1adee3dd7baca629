package io.spindrift.image;

/** Why an image or a catalog did not do what it was asked; each constant says what the caller must do. */
public enum ImageFailure {
    /** Out of reach; what was asked may or may not have happened: retry. Every verb is safe to repeat. */
    UNAVAILABLE,
    /** A newer epoch exists, or the lease is another's: stop, reads included. */
    FENCED,
    /** What is stored failed its checksum: raise the alarm; nothing of it was served. */
    CORRUPT,
    /** The store has no room: hold back and try again. */
    FULL,
    /** Malformed, out of range, not allowed, no such image, or not in sequence: a defect, or a matter for the operator. */
    INVALID,
    /** Closed by this side. */
    CLOSED
}
