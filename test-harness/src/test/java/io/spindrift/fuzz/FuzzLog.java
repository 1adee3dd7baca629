package io.spindrift.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Reads the log while a fuzzer runs; nothing is printed meanwhile. An error, or an exception that is nobody's input or output, is a defect; what is
 * said of peers is a sign of where their bytes have got to. Made and closed by a {@link FuzzRun} or whoever plays a {@link Trace}.
 */
final class FuzzLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final List<String> NAMES = List.of("io.netty", "io.spindrift");

    private static final int TELLING = 48;

    private Novelty novelty;
    private Throwable defect;
    private String leak;

    FuzzLog() {
        setContext(logger(NAMES.get(0)).getLoggerContext());
        start();
        for (String name : NAMES) {
            logger(name).setAdditive(false);
            logger(name).setLevel(Level.INFO);
            logger(name).addAppender(this);
        }
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    void tell(Novelty whom) {
        novelty = whom;
        defect = null;
    }

    void defect(Throwable thrown) {
        defect = defect == null ? thrown : defect;
    }

    /** What netty's detector told of a buffer, some time after it was lost and maybe in another world; null for nothing. */
    String leak() {
        return leak;
    }

    /** Fails where there was a defect. */
    void check() {
        if (defect != null) {
            Throwable first = defect;
            defect = null;
            throw first instanceof FuzzFailure failure ? failure : new FuzzFailure("a defect: " + first, first);
        }
    }

    @Override
    protected void append(ILoggingEvent event) {
        Throwable thrown = event.getThrowableProxy() instanceof ThrowableProxy proxy ? proxy.getThrowable() : null;
        if (event.getLoggerName().endsWith("ResourceLeakDetector")) {
            leak = event.getFormattedMessage();
        } else if (thrown instanceof RuntimeException || thrown instanceof Error) {
            defect(thrown);
        } else if (event.getLevel() == Level.ERROR) {
            defect(new FuzzFailure("logged as an error: " + event.getFormattedMessage()));
        } else if (novelty != null) {
            novelty.note(event.getMessage().hashCode(), kind(event.getFormattedMessage()), 0);
        }
    }

    /** A number for how a line begins behind its peer, without digits: the rest may be what the peer made up. */
    private static int kind(String line) {
        int from = line.indexOf(": ") + 1;
        return Novelty.kind(line, from, Math.min(line.length(), from + TELLING));
    }

    @Override
    public void close() {
        for (String name : NAMES) {
            logger(name).detachAppender(this);
            logger(name).setAdditive(true);
            logger(name).setLevel(null);
        }
        stop();
    }
}
