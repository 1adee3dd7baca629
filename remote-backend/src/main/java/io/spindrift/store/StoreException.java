package io.spindrift.store;

import java.io.IOException;

/** Why a {@link SegmentStore} could not do what it was asked; the kind says what the caller must do. */
public final class StoreException extends IOException {
    private static final long serialVersionUID = 1L;

    /** What the caller must do. */
    public enum Kind {
        /** Out of reach, or its answer was lost: try again; a put may or may not have happened. */
        UNAVAILABLE,
        /** No object of that name, or the range lies outside of it. */
        ABSENT,
        /** No room: say so, hold back, try again when there is. */
        FULL,
        /** What was read back is not what was written: raise the alarm. */
        CORRUPT,
        /** The name or the arguments are malformed: a defect of the caller. */
        INVALID
    }

    private final Kind kind;

    public StoreException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public StoreException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
