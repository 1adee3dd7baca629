package io.spindrift.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** CPU time of a process, of {@code /proc/PID/stat} (proc(5)); 0 where there is no such process. */
final class ProcessTime {
    /** Clock ticks are hundredths of a second on every Linux that Debian ships. */
    private static final long TICK_MICROSECONDS = 10_000;
    private static final int USER_FIELD = 11;

    private ProcessTime() {
    }

    static long microseconds(long pid) {
        if (pid == 0) {
            return 0;
        }
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            return (Long.parseLong(fields[USER_FIELD]) + Long.parseLong(fields[USER_FIELD + 1])) * TICK_MICROSECONDS;
        } catch (IOException e) {
            return 0;
        }
    }
}
