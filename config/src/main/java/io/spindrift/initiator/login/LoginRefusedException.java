package io.spindrift.initiator.login;

import java.io.IOException;

/** The target said no, or that somebody else is to be asked; status class and detail are those of RFC 7143 11.13.5. */
public final class LoginRefusedException extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;
    private final transient TargetUrl elsewhere;

    LoginRefusedException(int status, TargetUrl elsewhere) {
        super(String.format("login refused with status %04x%s", status, meaning(status)));
        this.status = status;
        this.elsewhere = elsewhere;
    }

    private static String meaning(int status) {
        return switch (status) {
            case 0x0101, 0x0102 -> ": the target has moved";
            case 0x0201 -> ": authentication failed, or is asked for and none was offered";
            case 0x0202 -> ": this initiator may not use the target";
            case 0x0203 -> ": there is no such target";
            case 0x0204 -> ": the target is gone for good";
            case 0x0301, 0x0302 -> ": the target has no room or fails";
            default -> "";
        };
    }

    /** Class in the high byte, detail in the low one. */
    public int status() {
        return status;
    }

    /** Where the target was said to be; null where nothing was said. */
    public TargetUrl elsewhere() {
        return elsewhere;
    }
}
