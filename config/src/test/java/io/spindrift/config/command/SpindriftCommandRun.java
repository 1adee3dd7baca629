package io.spindrift.config.command;

import java.io.PrintWriter;
import java.io.StringWriter;

/** The command line, run within a test. */
public record SpindriftCommandRun(int status, String out, String err) {
    public static SpindriftCommandRun of(String... arguments) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = SpindriftCommand.commandLine().setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
        return new SpindriftCommandRun(status, out.toString(), err.toString());
    }
}
