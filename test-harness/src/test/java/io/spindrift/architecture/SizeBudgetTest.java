package io.spindrift.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How large a file, a method and a package may become. */
class SizeBudgetTest {
    private static final int MAX_FILE_LINES = 600;
    private static final int MAX_METHOD_LINES = 70;
    private static final int MAX_PACKAGE_FILES = 14;
    private static final List<String> MODULES = List.of("iscsi-target", "remote-backend", "cache-tier", "config", "test-harness");

    /** Packages that are larger for a reason, with the number of files that was agreed on. */
    private static final Map<String, Integer> AGREED = Map.of(
            // the words of the seam: records that belong together
            "remote-backend/src/main/java/io/spindrift/image", 24,
            "cache-tier/src/main/java/io/spindrift/volume", 17,
            "cache-tier/src/main/java/io/spindrift/journal", 23,
            // a file for each subcommand
            "config/src/main/java/io/spindrift/config/command", 15);

    private static Path root() {
        Path here = Path.of("").toAbsolutePath();
        return Files.exists(here.resolve("iscsi-target")) ? here : here.getParent();
    }

    private static List<Path> sources(Path folder) throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> path.toString().endsWith(".java")).sorted().toList();
        }
    }

    private static List<String> oversized(List<Path> files) throws IOException {
        List<String> found = new ArrayList<>();
        for (Path path : files) {
            SourceFile file = SourceFile.of(path);
            if (file.lines() > MAX_FILE_LINES) {
                found.add(path.getFileName() + " has " + file.lines() + " lines");
            }
            file.methods().stream().filter(method -> method.lines() > MAX_METHOD_LINES)
                    .forEach(method -> found.add(method.name() + " has " + method.lines() + " lines"));
        }
        return found;
    }

    @Test
    void filesAndMethodsStayReadable() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String module : MODULES) {
            files.addAll(sources(root().resolve(module).resolve("src")));
        }
        assertTrue(files.size() > 40, "only " + files.size() + " sources were found below " + root());
        assertEquals(List.of(), oversized(files));
    }

    @Test
    void packagesStayOneThing() throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (String module : MODULES) {
            for (Path path : sources(root().resolve(module).resolve("src/main/java"))) {
                if (!path.endsWith("package-info.java")) {
                    counts.merge(root().relativize(path.getParent()).toString(), 1, Integer::sum);
                }
            }
        }
        counts.entrySet().removeIf(entry -> entry.getValue() <= AGREED.getOrDefault(entry.getKey(), MAX_PACKAGE_FILES));
        assertEquals(Map.of(), counts, "packages with more files than agreed");
    }

    @Test
    void aLongMethodIsFound(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("Long.java");
        Files.writeString(file, "class Long {\n void small() { }\n void large() {\n" + "  ;\n".repeat(MAX_METHOD_LINES) + " }\n}\n");
        assertEquals(List.of("Long.large has " + (MAX_METHOD_LINES + 2) + " lines"), oversized(List.of(file)));
    }

    @Test
    void aLongFileIsFound(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("Tall.java");
        Files.writeString(file, "class Tall {\n" + "\n".repeat(MAX_FILE_LINES) + "}\n");
        assertEquals(List.of("Tall.java has " + (MAX_FILE_LINES + 2) + " lines"), oversized(List.of(file)));
    }
}
