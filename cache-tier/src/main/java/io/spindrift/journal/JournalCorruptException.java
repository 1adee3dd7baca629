package io.spindrift.journal;

import java.io.IOException;

/** What the journal's files hold is not what was written there. The message is one line and names the file. */
public final class JournalCorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    public JournalCorruptException(String message) {
        super(message);
    }

    public JournalCorruptException(String message, Throwable cause) {
        super(message, cause);
    }
}
