package io.spindrift.config.daemon;

import java.io.PrintStream;

/** The lines on standard output that scripts wait for. Any thread. */
final class Console {
    private final PrintStream out;

    Console(PrintStream out) {
        this.out = out;
    }

    void ready(String url) {
        line("READY " + url);
    }

    void standby(String url, String reason) {
        line("STANDBY " + url + " : " + reason);
    }

    private synchronized void line(String text) {
        out.println(text.replaceAll("\\s*[\\r\\n]+\\s*", " "));
        out.flush();
    }
}
