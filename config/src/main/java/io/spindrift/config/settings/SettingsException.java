package io.spindrift.config.settings;

/** Something in a settings file is not as it must be. The message is one line: the file, the key, and what is allowed. */
public final class SettingsException extends Exception {
    private static final long serialVersionUID = 1L;

    public SettingsException(String file, String key, String message) {
        super(oneLine(file + ": " + (key.isEmpty() ? "" : key + ": ") + message));
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\s*[\\r\\n]+\\s*", " ");
    }
}
