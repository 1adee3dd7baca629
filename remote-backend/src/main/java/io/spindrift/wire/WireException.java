package io.spindrift.wire;

/** The peer sent what the protocol does not allow. The message is one line, fit for the log; the connection is closed. */
public final class WireException extends Exception {
    private static final long serialVersionUID = 1L;

    public WireException(String message) {
        super(message);
    }
}
