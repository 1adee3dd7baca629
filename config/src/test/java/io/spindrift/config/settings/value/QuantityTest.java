package io.spindrift.config.settings.value;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuantityTest {
    @ParameterizedTest
    @CsvSource({"0,0", "4096,4096", "17B,17", "1KiB,1024", "512MiB,536870912", "10 GiB,10737418240", "256TiB,281474976710656"})
    void sizes(String text, long bytes) {
        assertEquals(bytes, Quantity.parseBytes(text));
        assertEquals(bytes, Quantity.parseBytes(Quantity.formatBytes(bytes)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GiB", "10GB", "10G", "1.5GiB", "-1", "10gib", "99999999999999999999", "9999999999TiB"})
    void noSizes(String text) {
        assertThrows(IllegalArgumentException.class, () -> Quantity.parseBytes(text));
    }

    @Test
    void durations() {
        assertEquals(Duration.ofMillis(500), Quantity.parseDuration("500ms"));
        assertEquals(Duration.ofSeconds(2), Quantity.parseDuration("2s"));
        assertEquals(Duration.ofMinutes(5), Quantity.parseDuration("5 m"));
        assertEquals(Duration.ofHours(1), Quantity.parseDuration("1h"));
        assertEquals("1500ms", Quantity.formatDuration(Duration.ofMillis(1500)));
        assertEquals("90s", Quantity.formatDuration(Duration.ofSeconds(90)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "2", "2sec", "1.5s", "-1s", "s"})
    void noDurations(String text) {
        assertThrows(IllegalArgumentException.class, () -> Quantity.parseDuration(text));
    }
}
