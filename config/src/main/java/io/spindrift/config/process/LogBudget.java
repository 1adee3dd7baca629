package io.spindrift.config.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Keeps a peer or a fault that repeats from filling the log: of one message text, {@link #LINES} lines pass in {@link #WINDOW_MS}. The first line of
 * a later window passes again. Debug and trace are not held back: who asks for them wants them. Any thread.
 */
final class LogBudget extends Filter<ILoggingEvent> {
    static final int LINES = 20;
    static final long WINDOW_MS = 10_000;

    private static final int TEXTS = 512;

    private final Map<String, Window> windows = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Window> eldest) {
            return size() > TEXTS;
        }
    };

    @Override
    public FilterReply decide(ILoggingEvent event) {
        if (event.getLevel().toInt() < Level.INFO_INT) {
            return FilterReply.NEUTRAL;
        }
        synchronized (windows) {
            Window window = windows.computeIfAbsent(event.getLoggerName() + event.getMessage(), text -> new Window(event.getTimeStamp()));
            if (event.getTimeStamp() - window.beganMs >= WINDOW_MS) {
                window.beganMs = event.getTimeStamp();
                window.lines = 0;
            }
            return ++window.lines > LINES ? FilterReply.DENY : FilterReply.NEUTRAL;
        }
    }

    /** How often one text was written lately. */
    private static final class Window {
        private long beganMs;
        private int lines;

        Window(long beganMs) {
            this.beganMs = beganMs;
        }
    }
}
