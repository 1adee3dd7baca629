package io.spindrift.config.process;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;

/**
 * Logging to standard error, without a file to parse at every start. Logback finds this class by its service entry. A
 * {@code logback-test.xml} on the class path, or {@code -Dlogback.configurationFile}, comes first.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
    private static final String LEVEL_VARIABLE = "SPINDRIFT_LOG";
    /** Held here, because java.util.logging forgets the level of a logger that nobody holds. */
    private static final java.util.logging.Logger CHRONICLE = java.util.logging.Logger.getLogger("net.openhft");

    @Override
    public ExecutionStatus configure(LoggerContext context) {
        if (System.getProperty("logback.configurationFile") != null || LogSetup.class.getResource("/logback-test.xml") != null) {
            return ExecutionStatus.INVOKE_NEXT_IF_ANY;
        }
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setContext(context);
        encoder.setPattern("%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %logger{0}: %msg%n%ex{12}");
        encoder.start();
        ConsoleAppender<ILoggingEvent> appender = new ConsoleAppender<>();
        appender.setContext(context);
        appender.setTarget("System.err");
        appender.setEncoder(encoder);
        LogBudget budget = new LogBudget();
        budget.setContext(context);
        budget.start();
        appender.addFilter(budget);
        appender.start();
        Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.toLevel(System.getenv(LEVEL_VARIABLE), Level.WARN));
        root.addAppender(appender);
        quietChronicle(context);
        return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
    }

    /** Chronicle tells at every start which ways of its own it does not go; one of its parts does so by java.util.logging. */
    private static void quietChronicle(LoggerContext context) {
        context.getLogger("net.openhft").setLevel(Level.ERROR);
        CHRONICLE.setLevel(java.util.logging.Level.SEVERE);
    }

    /** Sets the level of the project's own loggers; others stay one step quieter. The environment's variable comes first. */
    public static void level(String setting, UnaryOperator<String> environment) {
        Level level = Level.toLevel(environment.apply(LEVEL_VARIABLE), Level.toLevel(setting, Level.INFO));
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            context.getLogger("io.spindrift").setLevel(level);
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(level.isGreaterOrEqual(Level.INFO) ? Level.WARN : level);
        }
    }
}
