package io.spindrift.microbench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder for one benchmark, gone with it, and how many bytes this process has sent to the disk meanwhile. */
final class Scratch implements AutoCloseable {
    private final Path folder;
    private long before;

    Scratch() throws IOException {
        String where = System.getProperty("spindrift.scratch");
        folder = where == null ? Files.createTempDirectory("spindrift-bench") : Files.createTempDirectory(Path.of(where), "spindrift-bench");
    }

    Path folder() {
        return folder;
    }

    /** Waits for what was written so far; from here on bytes count. */
    void begin() throws IOException {
        synced();
        before = written();
    }

    /** Prints what reached the disk for {@code bytes} of {@code what}. */
    void tell(String what, long bytes) throws IOException {
        synced();
        if (bytes > 0) {
            System.out.printf("%n%d MB of %s, %.2f times that written to the disk%n", bytes / 1_000_000, what, (written() - before) / (double) bytes);
        }
    }

    /** Sectors that the disk below the folder has written, of all processes: a page that was dirtied through a mapping is nobody's. */
    private static long written() throws IOException {
        long sectors = 0;
        for (String line : Files.readAllLines(Path.of("/proc/diskstats"))) {
            String[] fields = line.trim().split("\\s+");
            if (fields[2].matches("[a-z]+|nvme\\d+n\\d+")) {
                sectors += Long.parseLong(fields[9]);
            }
        }
        return sectors * 512;
    }

    private void synced() throws IOException {
        try {
            new ProcessBuilder("sync", "-f", folder.toString()).start().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        List<Path> leavesFirst;
        try (Stream<Path> all = Files.walk(folder)) {
            leavesFirst = all.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : leavesFirst) {
            Files.delete(path);
        }
    }
}
