package io.spindrift.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PeerLogTest {
    @Test
    void whatAPeerSaysCannotDriveATerminalOrFillALine() {
        assertEquals("name \"a?[2Jb??c\"", PeerLog.harmless("name \"a\u001b[2Jb\r\nc\""));
        assertEquals("a?b?c", PeerLog.harmless("a\u202eb\u009bc"));
        assertEquals("\u00e4", PeerLog.harmless("\u00e4"));
        String cut = PeerLog.harmless("x".repeat(10_000));
        assertTrue(cut.length() < 400 && cut.endsWith("..."), cut);
    }
}
