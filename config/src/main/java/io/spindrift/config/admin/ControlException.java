package io.spindrift.config.admin;

/** A verb was not carried out. The message is one line for the person who asked. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of refusal it is. */
    public enum Kind {
        INVALID(400),
        NOT_FOUND(404),
        CONFLICT(409),
        FAILED(500),
        UNAVAILABLE(503);

        private final int httpStatus;

        Kind(int httpStatus) {
            this.httpStatus = httpStatus;
        }

        int httpStatus() {
            return httpStatus;
        }
    }

    private final Kind kind;

    public ControlException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
