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
    void aFileThatWasCutIsRefusedWhereverItWasCut() throws Exception {
        VolumesFile file = new VolumesFile(folder);
        file.write(List.of(VolumeEntryReader.of("test", Map.of("name", "a", "size", "1GiB")), VolumeEntryReader.of("test", Map.of("name", "b", "size", "2GiB"))));
        Path path = folder.resolve("volumes.yaml");
        String whole = Files.readString(path);
        for (int length = 0; length < whole.length(); length++) {
            Files.writeString(path, whole.substring(0, length));
            SettingsException refused = assertThrows(SettingsException.class, file::read, "cut to " + length);
            assertTrue(refused.getMessage().startsWith(path.toString()), refused.getMessage());
        }
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
