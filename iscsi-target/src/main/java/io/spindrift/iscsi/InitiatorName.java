package io.spindrift.iscsi;

import io.spindrift.iscsi.auth.LoginRefusal;
import java.nio.charset.StandardCharsets;
import org.jscsi.parser.login.LoginStatus;

/** What an initiator may call itself. It comes from outside, and goes into logs, reservations and status. */
final class InitiatorName {
    /** Bytes in the longest name (RFC 7143 4.2.7.1). */
    private static final int LONGEST = 223;

    private InitiatorName() {}

    /**
     * The name as it is. Of its form no more is asked than that it can be read: initiators without a registered name are common.
     *
     * @param name null for none
     */
    static String checked(String name) throws LoginRefusal {
        if (name == null || name.isEmpty()) {
            throw new LoginRefusal(LoginStatus.MISSING_PARAMETER, "no InitiatorName");
        }
        if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST || !name.codePoints().allMatch(InitiatorName::legible)) {
            throw new LoginRefusal(LoginStatus.INITIATOR_ERROR, "an InitiatorName that is none: " + name);
        }
        return name;
    }

    private static boolean legible(int character) {
        return Character.isLetterOrDigit(character) || character > ' ' && character < 0x7f;
    }
}
