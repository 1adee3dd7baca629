package io.spindrift.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import org.slf4j.LoggerFactory;

/**
 * Reads the log while a simulation runs: an event loop that catches what a task throws writes it there and goes on, and so would the test. Lines go
 * nowhere else meanwhile, or to standard error with the simulated time where they are asked for. Made and closed by a {@link Simulation}.
 */
final class LogWatch extends AppenderBase<ILoggingEvent> implements AutoCloseable {
    private static final List<String> NAMES = List.of("io.netty", "io.spindrift");

    private final SimulatedWorld world;
    private final boolean telling;

    LogWatch(SimulatedWorld world, boolean telling) {
        this.world = world;
        this.telling = telling;
        setContext(logger(NAMES.get(0)).getLoggerContext());
        start();
        for (String name : NAMES) {
            logger(name).setAdditive(false);
            logger(name).setLevel(telling ? Level.INFO : Level.WARN);
            logger(name).addAppender(this);
        }
    }

    private static Logger logger(String name) {
        return (Logger) LoggerFactory.getLogger(name);
    }

    @Override
    protected void append(ILoggingEvent event) {
        Throwable thrown = event.getThrowableProxy() instanceof ThrowableProxy proxy ? proxy.getThrowable() : null;
        if (telling) {
            System.err.printf("%,12d us %-5s %s: %s%s%n", world.elapsed().toNanos() / 1000, event.getLevel(),
                    event.getLoggerName().replaceAll(".*\\.", ""), event.getFormattedMessage(), thrown == null ? "" : " <- " + thrown);
        }
        if (thrown instanceof RuntimeException || thrown instanceof Error) {
            world.defect(thrown);
        } else if (event.getLevel() == Level.ERROR && event.getLoggerName().startsWith("io.spindrift")) {
            world.defect(new AssertionError("logged: " + event.getFormattedMessage()));
        }
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
