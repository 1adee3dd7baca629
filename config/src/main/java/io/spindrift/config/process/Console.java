package io.spindrift.config.process;

import java.io.PrintStream;

/** The lines on standard output that scripts wait for. Any thread. */
public final class Console {
    private final PrintStream out;

    public Console(PrintStream out) {
        this.out = out;
    }

    public void ready(String url) {
        line("READY " + url);
    }

    public void standby(String url, String reason) {
        line("STANDBY " + url + " : " + reason);
    }

    private synchronized void line(String text) {
        out.println(text.replaceAll("\\s*[\\p{Cc}\\p{Zl}\\p{Zp}]+\\s*", " "));
        out.flush();
    }
}
