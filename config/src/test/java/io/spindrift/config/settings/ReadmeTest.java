package io.spindrift.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.spindrift.config.process.ExitCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The README's tables are the code's own rows. Where this fails, the message holds the table as it must be. */
class ReadmeTest {
    private static String table(String head) throws IOException {
        List<String> lines = Files.readAllLines(Path.of("README.md"));
        int from = lines.indexOf(head) + 2;
        int to = from;
        while (from > 1 && to < lines.size() && lines.get(to).startsWith("|")) {
            to++;
        }
        return String.join("\n", lines.subList(from, to));
    }

    @Test
    void everyKeyIsThere() throws IOException {
        String rows = String.join("\n", Arrays.stream(SettingKey.values()).map(SettingKey::row).toList());

        assertEquals(rows, table("| key | read by | allowed | default | meaning |"));
    }

    @Test
    void everyExitCodeIsThere() throws IOException {
        String rows = String.join("\n", Arrays.stream(ExitCode.values()).map(ExitCode::row).toList());

        assertEquals(rows, table("| code | meaning |"));
    }
}
