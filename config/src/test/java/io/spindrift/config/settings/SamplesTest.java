package io.spindrift.config.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The sample files are good, but for their folders, which are made to lie in a folder of the test's. */
class SamplesTest {
    @TempDir
    private Path folder;

    private Path moved(String name) throws Exception {
        String yaml = Files.readString(Path.of("samples", name)).replaceAll("/(var|srv)/", folder + "/");
        return Files.writeString(folder.resolve(name), yaml);
    }

    @ParameterizedTest
    @ValueSource(strings = {"host.yaml", "host-auth.yaml", "host-remote.yaml"})
    void hostSamples(String name) throws Exception {
        HostSettings settings = HostSettingsReader.read(moved(name), variable -> "a-long-secret of " + variable);

        assertEquals(!name.equals("host-remote.yaml"), settings.storage().embedded());
    }

    @ParameterizedTest
    @ValueSource(strings = {"store.yaml", "store-s3.yaml"})
    void storeSamples(String name) throws Exception {
        assertEquals(1, StoreSettingsReader.read(moved(name), variable -> "a-long-secret").users().size());
    }
}
