package io.spindrift.scsi.unit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.spindrift.scsi.target.ScsiFixture;
import org.junit.jupiter.api.Test;

class LogicalUnitSettingsTest {
    private static void assertRefused(String message, org.junit.jupiter.api.function.Executable making) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, making).getMessage());
    }

    @Test
    void whatIsWrongIsSaidWithWhatIsAllowed() {
        LogicalUnitSettings settings = ScsiFixture.settings();
        assertRefused("product must have 1 to 16 characters, not 'seventeen letters'", () -> settings.withProduct("seventeen letters"));
        assertRefused("serial must be printable ASCII, not 'd\u00e9j\u00e0'", () -> settings.withSerial("d\u00e9j\u00e0"));
        assertRefused("serial must have 1 to 64 characters, not ''", () -> settings.withSerial(""));
        assertRefused("transferBytes must be 4096 to 16777216, not 512", () -> new LogicalUnitSettings.Limits(512, 1 << 20, 1, 1 << 20));
        assertRefused("unmapDescriptors must be 1 to 4095, not 0", () -> new LogicalUnitSettings.Limits(4096, 1 << 20, 0, 1 << 20));
    }
}
