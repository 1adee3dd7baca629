package io.spindrift.harness.initiator;

import java.io.IOException;

/** The target said no; status class and detail are those of RFC 7143 11.13.5. */
public final class LoginRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    LoginRefusedException(int status) {
        super(String.format("login refused with status %04x", status));
        this.status = status;
    }

    /** Class in the high byte, detail in the low one. */
    public int status() {
        return status;
    }
}
