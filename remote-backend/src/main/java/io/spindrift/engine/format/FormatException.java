package io.spindrift.engine.format;

import java.io.IOException;

/** An object's bytes are not what was written there, or were written by another program or version. One line, naming the object. */
public final class FormatException extends IOException {
    private static final long serialVersionUID = 1L;

    public FormatException(String object, String reason) {
        super(object + ": " + reason);
    }
}
