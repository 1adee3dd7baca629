package io.spindrift.config.daemon;

/** A daemon that was started. */
public interface RunningDaemon {
    /** Closes in order and blocks until that is done, on the main thread. */
    ExitCode close();
}
