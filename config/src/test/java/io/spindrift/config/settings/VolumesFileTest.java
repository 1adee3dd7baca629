package io.spindrift.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VolumesFileTest {
    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsRead() throws Exception {
        VolumesFile file = new VolumesFile(folder);
        VolumeEntry plain = VolumeEntryReader.of("test", Map.of("name", "a", "size", "1GiB"));
        VolumeEntry full = VolumeEntryReader.of("test", Map.of("name", "b", "size", "2MiB", "type", "scratch", "destage-after", "1500ms",
                "outage-limit", "3m", "target", "both", "lun", "3", "hydrate", "true", "prefetch", "false"));

        assertEquals(List.of(), file.read());
        file.write(List.of(plain, full));
        assertEquals(List.of(plain, full), new VolumesFile(folder).read());
        file.write(List.of());
        assertEquals(List.of(), file.read());
    }

    @Test
    void aForeignFileIsRefused() throws Exception {
        Files.writeString(folder.resolve("volumes.yaml"), "garbage");

        SettingsException refused = assertThrows(SettingsException.class, () -> new VolumesFile(folder).read());
        assertTrue(refused.getMessage().contains("volumes.yaml: is not YAML"), refused.getMessage());
    }

    @Test
    void aRequestReadsNoFilesAndNoVariables() {
        SettingsException refused = assertThrows(
                SettingsException.class, () -> VolumeEntryReader.of("request", Map.of("name", "a", "size", "${file:/etc/passwd}")));

        assertTrue(refused.getMessage().startsWith("request: volumes.size: '${file:/etc/passwd}' is not allowed"), refused.getMessage());
    }
}
