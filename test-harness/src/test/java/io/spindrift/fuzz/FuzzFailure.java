package io.spindrift.fuzz;

/** Something that must never happen has happened; the message says what. */
final class FuzzFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    FuzzFailure(String message) {
        super(message);
    }

    FuzzFailure(String message, Throwable cause) {
        super(message, cause);
    }
}
