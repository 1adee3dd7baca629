package io.spindrift.config.process;

/** A daemon that was started. */
public interface RunningDaemon {
    /** Closes in order and blocks until that is done, on the main thread. */
    ExitCode close();
}
