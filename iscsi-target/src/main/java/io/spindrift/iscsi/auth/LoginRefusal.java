package io.spindrift.iscsi.auth;

import org.jscsi.parser.login.LoginStatus;

/** Why a login is refused, for the peer (the status) and for the log (the message). */
public final class LoginRefusal extends Exception {
    private static final long serialVersionUID = 1L;

    private final LoginStatus status;

    public LoginRefusal(LoginStatus status, String message) {
        super(message, null, false, false);
        this.status = status;
    }

    public LoginStatus status() {
        return status;
    }
}
