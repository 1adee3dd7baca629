package io.spindrift.harness.rot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Some tens of flips; {@code bin/rot} does a thousand. */
class RotTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream said = new ByteArrayOutputStream();

    private RotRun run() {
        return new RotRun(folder, 11, new PrintStream(said, true, StandardCharsets.UTF_8));
    }

    @Test
    void everyFlippedBitIsFoundAndNoneIsServed() throws Exception {
        RotRun run = run();
        run.files(30, 6);
        assertEquals(List.of(), run.failures(), said.toString(StandardCharsets.UTF_8));
    }

    @Test
    void soIsEveryFlipOnTheWire() throws Exception {
        RotRun run = run();
        run.wire(6);
        assertEquals(List.of(), run.failures(), said.toString(StandardCharsets.UTF_8));
    }
}
