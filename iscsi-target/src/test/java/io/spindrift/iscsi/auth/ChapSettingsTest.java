package io.spindrift.iscsi.auth;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChapSettingsTest {
    private static final Set<ChapAlgorithm> ALL = EnumSet.allOf(ChapAlgorithm.class);
    private static final ChapAccount ALICE = new ChapAccount("alice", "twelve bytes");
    private static final ChapAccount TARGET = new ChapAccount("target", "another twelve");

    private static String refusal(Runnable what) {
        return assertThrows(IllegalArgumentException.class, what::run).getMessage();
    }

    @Test
    void aSecretIsAtLeast96Bits() {
        assertEquals("a CHAP secret is 12 to 255 bytes", refusal(() -> new ChapAccount("alice", "eleven byte")));
        assertEquals("a CHAP secret is 12 to 255 bytes", refusal(() -> new ChapAccount("alice", "x".repeat(256))));
        // Six characters, but twelve bytes.
        assertEquals("\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4", new ChapAccount("a", "\u00e4\u00e4\u00e4\u00e4\u00e4\u00e4").secret());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a\0b", "a\nb"})
    void aNameCanBeSaid(String name) {
        assertTrue(refusal(() -> new ChapAccount(name, "twelve bytes")).startsWith("a CHAP name is"));
    }

    @Test
    void oneSecretForBothDirectionsIsRefused() {
        ChapAccount same = new ChapAccount("target", ALICE.secret());
        assertTrue(refusal(() -> ChapSettings.of(List.of(ALICE), same, ALL)).contains("each direction needs a secret of its own"));
        ChapSettings users = ChapSettings.of(List.of(ALICE), null, ALL);
        ChapSettings elsewhere = ChapSettings.of(List.of(new ChapAccount("bob", "yet another twelve")), same, ALL);
        assertTrue(refusal(() -> ChapSettings.requireOneWay(List.of(users, elsewhere))).contains("user alice"));
        ChapSettings.requireOneWay(List.of(users, ChapSettings.of(List.of(ALICE), TARGET, ALL)));
    }

    @Test
    void usersAreThereAndOnce() {
        refusal(() -> ChapSettings.of(List.of(), null, ALL));
        assertEquals("CHAP user alice is there twice", refusal(() -> ChapSettings.of(List.of(ALICE, ALICE), null, ALL)));
        assertEquals(ALL, ChapSettings.of(List.of(ALICE), null, Set.of()).algorithms());
    }

    @Test
    void noTextHoldsASecret() {
        String text = new TargetAccess(AccessList.OPEN, ChapSettings.of(List.of(ALICE), TARGET, ALL)).toString();
        assertTrue(text.contains("alice"), text);
        assertFalse(text.contains("twelve"), text);
    }

    @ParameterizedTest
    @CsvSource({
        // What another implementation (Python's hashlib) says of 07, the secret, and 00 01 02 03.
        "MD5, 779d4f985c930d22a7f229f8234320ed",
        "SHA1, a598181f195be20bef5547f18b4cb8a94aa65467",
        "SHA-256, 192d0a66012e7da37fa1a99248e5ddb102febd3163fb7881a676d72fa372c4ab",
        "SHA3-256, 24deba9e12fa0e4135d1f94cd60e3a6bc94eb20de0e9a8852c30ec21f460d2f4",
    })
    void responses(String word, String expected) {
        assertEquals(expected, HexFormat.of().formatHex(ChapAlgorithm.ofWord(word).response(7, "twelve bytes", new byte[] {0, 1, 2, 3})));
    }

    @Test
    void algorithmsByWord() {
        assertThrows(IllegalArgumentException.class, () -> ChapAlgorithm.ofWord("md4"));
        for (ChapAlgorithm algorithm : ALL) {
            assertEquals(algorithm, ChapAlgorithm.ofWord(algorithm.word()));
            assertEquals(algorithm.length(), algorithm.response(0, "s", new byte[1]).length);
        }
    }

    @Test
    void binaryValues() {
        assertArrayEquals(new byte[] {1, (byte) 0xab}, LargeBinary.decode("0x01aB"));
        assertArrayEquals(new byte[] {1, (byte) 0xab}, LargeBinary.decode("0X1ab"));
        assertArrayEquals(new byte[] {1, (byte) 0xab}, LargeBinary.decode("0bAas="));
        assertArrayEquals(new byte[] {1, (byte) 0xab}, LargeBinary.decode("0BAas"));
        assertEquals(1024, LargeBinary.decode("0x" + "00".repeat(1024)).length);
        assertNull(LargeBinary.decode("0x" + "00".repeat(1025)));
        assertNull(LargeBinary.decode("0b" + "AAAA".repeat(342)));
        byte[] some = {0, 5, -1};
        assertArrayEquals(some, LargeBinary.decode(LargeBinary.encode(some)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "0", "0x", "0b", "1234", "0xzz", "0b*", "0b=", "x01", "1x01", "0d12", "0b===="})
    void binaryValuesThatAreNone(String text) {
        assertNull(LargeBinary.decode(text));
    }
}
