package io.spindrift.iscsi.negotiation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.spindrift.iscsi.negotiation.TextKey.Stage;
import io.spindrift.iscsi.negotiation.TextPairs.MalformedText;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jscsi.parser.datasegment.OperationalTextKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class NegotiationTest {
    private final Negotiation negotiation = new Negotiation(Map.of("MaxBurstLength", "65536", "InitialR2T", "No", "ImmediateData", "Yes",
        "DefaultTime2Wait", "2", "MaxOutstandingR2T", "4", "DataPDUInOrder", "Yes", "ErrorRecoveryLevel", "0"), false);

    @ParameterizedTest
    @CsvSource(nullValues = "null", value = {
        "MaxBurstLength, 262144, 65536",
        "MaxBurstLength, 0x200, 512",
        "MaxBurstLength, 511, Reject",
        "MaxBurstLength, 16777216, Reject",
        "MaxBurstLength, many, Reject",
        "MaxBurstLength, -1, Reject",
        "FirstBurstLength, 4096, 4096",
        "DefaultTime2Wait, 0, 2",
        "DefaultTime2Wait, 5, 5",
        "MaxOutstandingR2T, 16, 4",
        "InitialR2T, No, No",
        "InitialR2T, Yes, Yes",
        "InitialR2T, yes, Reject",
        "ImmediateData, No, No",
        "ImmediateData, Yes, Yes",
        "DataPDUInOrder, No, Yes",
        "ErrorRecoveryLevel, 2, 0",
        "HeaderDigest, 'CRC32C,None', CRC32C",
        "HeaderDigest, 'None,CRC32C', None",
        "DataDigest, SHA1, Reject",
        "MaxRecvDataSegmentLength, 1048576, null",
        "MaxRecvDataSegmentLength, 100, Reject",
        "InitiatorAlias, somebody, null",
        "TargetAlias, me, Reject",
        "OFMarkInt, 1~5, Reject",
        "OFMarker, No, Reject",
        "SendTargets, All, Reject",
        "AuthMethod, None, Reject",
        "iSCSIProtocolLevel, 1, 1",
        "TaskReporting, 'FastAbort,RFC3720', FastAbort",
        "TaskReporting, 'Unheard,RFC3720', RFC3720",
        "MaxConnections, NotUnderstood, null",
        "org.example.key, 1, NotUnderstood",
    })
    void answers(String key, String offer, String answer) {
        assertEquals(answer, negotiation.answer(key, offer, Stage.OPERATIONAL));
    }

    @ParameterizedTest
    @EnumSource(OperationalTextKey.class)
    void everyKeyIsKnown(OperationalTextKey key) {
        if (key != OperationalTextKey.SESSION_BALANCER) {
            assertNotNull(KeyTable.find(key.value()), key.value());
        }
    }

    private static final Map<String, String> WISHES = Map.ofEntries(Map.entry("MaxConnections", "1"), Map.entry("MaxBurstLength", "65536"),
        Map.entry("FirstBurstLength", "16384"), Map.entry("MaxOutstandingR2T", "4"), Map.entry("DefaultTime2Wait", "3"),
        Map.entry("DefaultTime2Retain", "0"), Map.entry("ErrorRecoveryLevel", "0"), Map.entry("iSCSIProtocolLevel", "2"),
        Map.entry("InitialR2T", "No"), Map.entry("ImmediateData", "Yes"), Map.entry("DataPDUInOrder", "Yes"),
        Map.entry("DataSequenceInOrder", "Yes"));

    static List<TextKey> keys() {
        List<TextKey> keys = new ArrayList<>();
        KeyTable.rows().forEach(keys::add);
        return keys;
    }

    /** Offers of every kind, legal and not; what each key must make of them is {@link #expected}. */
    private static final List<String> OFFERS = List.of("", "Yes", "No", "yes", "0", "1", "2", "3", "4", "31", "32", "511", "512", "0x200", "0X200",
        "0xffffff", "0x1000000", "65535", "65536", "16777215", "16777216", "+1", "-1", "1.5", " 1", "1 ", "0x", "0xg", "\u0661",
        "00000000000000000001", "99999999999999999999", "None", "CRC32C", "None,CRC32C", "CRC32C,None", "crc32c", "SHA1,CRC32C", ",", "RFC3720",
        "Normal", "Discovery", "1~5", "a,b");

    private static String expected(TextKey key, String offer) {
        switch (key.kind()) {
            case AUTHENTICATION:
            case OBSOLETE:
            case TARGET_ONLY:
                return "Reject";
            case DECLARED_TEXT:
                return key.name().equals("SessionType") && !offer.equals("Normal") && !offer.equals("Discovery") ? "Reject" : null;
            case LIST:
                return List.of(offer.split(",")).stream().filter(key.choices()::contains).findFirst().orElse("Reject");
            case AND:
                return offer.equals("Yes") || offer.equals("No") ? offer.equals("Yes") && WISHES.get(key.name()).equals("Yes") ? "Yes" : "No" : "Reject";
            case OR:
                return offer.equals("Yes") || offer.equals("No") ? offer.equals("Yes") || WISHES.get(key.name()).equals("Yes") ? "Yes" : "No" : "Reject";
            default:
                return expectedNumber(key, offer);
        }
    }

    private static String expectedNumber(TextKey key, String offer) {
        BigInteger value = offer.matches("[0-9]{1,15}") ? new BigInteger(offer)
            : offer.matches("0[xX][0-9a-f]{1,15}") ? new BigInteger(offer.substring(2), 16) : BigInteger.valueOf(-1);
        if (value.compareTo(BigInteger.valueOf(key.min())) < 0 || value.compareTo(BigInteger.valueOf(key.max())) > 0) {
            return "Reject";
        }
        if (key.kind() == TextKey.Kind.DECLARED_NUMBER) {
            return null;
        }
        BigInteger wish = new BigInteger(WISHES.get(key.name()));
        return (key.kind() == TextKey.Kind.MINIMUM ? value.min(wish) : value.max(wish)).toString();
    }

    @ParameterizedTest
    @MethodSource("keys")
    void everyKeyByItsRule(TextKey key) {
        Stage stage = key.stages().contains(Stage.OPERATIONAL) ? Stage.OPERATIONAL : key.stages().iterator().next();
        for (String offer : OFFERS) {
            Negotiation fresh = new Negotiation(WISHES, false);
            String answer = fresh.answer(key.name(), offer, stage);
            assertEquals(expected(key, offer), answer, key.name() + "=" + offer);
            if ("Reject".equals(answer)) {
                assertEquals(key.standard(), fresh.value(key.name()), "what was rejected changes nothing");
            } else if (answer != null) {
                assertEquals(answer, fresh.value(key.name()));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void aKeyInAnotherStageIsRejected(TextKey key) {
        for (Stage stage : Stage.values()) {
            String legal = key.standard() == null ? "x" : key.standard();
            String answer = new Negotiation(WISHES, false).answer(key.name(), legal, stage);
            assertTrue(key.stages().contains(stage) || "Reject".equals(answer), key.name() + " in " + stage);
            for (String end : List.of("NotUnderstood", "Reject", "Irrelevant")) {
                assertNull(new Negotiation(WISHES, false).answer(key.name(), end, stage), "an answer is not answered");
            }
        }
    }

    @ParameterizedTest
    @MethodSource("keys")
    void whatDiscoveryHasNoUseFor(TextKey key) {
        Set<String> irrelevant = Set.of("MaxConnections", "InitialR2T", "ImmediateData", "MaxBurstLength", "FirstBurstLength", "MaxOutstandingR2T",
            "DataPDUInOrder", "DataSequenceInOrder", "TaskReporting", "iSCSIProtocolLevel");
        String legal = key.standard() == null ? "x" : key.standard();
        String answer = new Negotiation(WISHES, true).answer(key.name(), legal, Stage.OPERATIONAL);
        assertEquals(irrelevant.contains(key.name()), "Irrelevant".equals(answer));
    }

    @Test
    void unsolicitedDataThatNobodySendsNeedsNoLength() {
        assertAnswers("InitialR2T=Yes|ImmediateData=No|FirstBurstLength=Irrelevant|", "FirstBurstLength", "8192", "InitialR2T", "Yes", "ImmediateData", "No");
        assertAnswers("InitialR2T=Yes|FirstBurstLength=8192|", "FirstBurstLength", "8192", "InitialR2T", "Yes");
        assertAnswers("ImmediateData=No|FirstBurstLength=8192|", "FirstBurstLength", "8192", "ImmediateData", "No");
    }

    @Test
    void aFirstBurstIsAnsweredBehindTheBurstItHasToFit() {
        assertAnswers("MaxBurstLength=1024|FirstBurstLength=1024|", "FirstBurstLength", "8192", "MaxBurstLength", "1024");
    }

    private static void assertAnswers(String expected, String... pairs) {
        Map<String, String> text = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) {
            text.put(pairs[i], pairs[i + 1]);
        }
        StringBuilder out = new StringBuilder();
        new Negotiation(WISHES, false).answerAll(text, Stage.OPERATIONAL, out);
        assertEquals(expected, out.toString().replace('\0', '|'));
    }

    @Test
    void standardsHoldWhereNobodySpeaks() {
        SessionParameters parameters = new Negotiation(Map.of(), false).parameters(262144);
        assertEquals(new SessionParameters(8192, 262144, 262144, 65536, 1, true, true, false, false, 2, 20), parameters);
    }

    @Test
    void aFirstBurstIsNoLongerThanABurst() {
        negotiation.answer("FirstBurstLength", "65536", Stage.OPERATIONAL);
        negotiation.answer("MaxBurstLength", "1024", Stage.OPERATIONAL);
        assertEquals(1024, negotiation.parameters(8192).firstBurst());
    }

    @Test
    void pairs() throws MalformedText {
        assertEquals(Map.of("a", "1", "b", "", "c", "x=y"), TextPairs.parse(Unpooled.copiedBuffer("a=1\0b=\0\0c=x=y", StandardCharsets.UTF_8)));
        assertThrows(MalformedText.class, () -> TextPairs.parse(Unpooled.copiedBuffer("=1\0", StandardCharsets.UTF_8)));
        assertThrows(MalformedText.class, () -> TextPairs.parse(Unpooled.copiedBuffer("a b=1\0", StandardCharsets.UTF_8)));
        assertThrows(MalformedText.class, () -> TextPairs.parse(Unpooled.copiedBuffer("k".repeat(64) + "=1\0", StandardCharsets.UTF_8)));
        assertThrows(MalformedText.class, () -> TextPairs.parse(Unpooled.copiedBuffer("a=1\0a=1\0", StandardCharsets.UTF_8)));
    }
}
