package io.spindrift.config.process;

import io.spindrift.config.Ambient;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/** The life of a daemon's process: started, told to stop by SIGTERM or SIGINT, closed; a second signal ends it at once. On the main thread. */
public final class DaemonProcess {
    private static final Logger LOG = LoggerFactory.getLogger(DaemonProcess.class);

    private DaemonProcess() {}

    @Ambient("signals")
    public static ExitCode run(Callable<? extends RunningDaemon> start) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        SignalHandler handler = signal -> {
            if (asked.getCount() == 0) {
                LOG.warn("SIG{} again: ending at once", signal.getName());
                Runtime.getRuntime().halt(ExitCode.FORCED.status());
            }
            LOG.info("SIG{}: closing", signal.getName());
            asked.countDown();
        };
        Signal.handle(new Signal("TERM"), handler);
        Signal.handle(new Signal("INT"), handler);
        RunningDaemon daemon = start.call();
        asked.await();
        return daemon.close();
    }
}
