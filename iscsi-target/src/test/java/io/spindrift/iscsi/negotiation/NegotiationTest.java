package io.spindrift.iscsi.negotiation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.Unpooled;
import io.spindrift.iscsi.negotiation.TextKey.Stage;
import io.spindrift.iscsi.negotiation.TextPairs.MalformedText;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jscsi.parser.datasegment.OperationalTextKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

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
        assertThrows(MalformedText.class, () -> TextPairs.parse(Unpooled.copiedBuffer("k".repeat(64) + "=1\0", StandardCharsets.UTF_8)));
        assertThrows(MalformedText.class, () -> TextPairs.parse(Unpooled.copiedBuffer("a=1\0a=1\0", StandardCharsets.UTF_8)));
    }
}
