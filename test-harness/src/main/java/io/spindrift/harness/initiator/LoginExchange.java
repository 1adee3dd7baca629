package io.spindrift.harness.initiator;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The login phase (RFC 7143 clause 6) without authentication, over a connection that still blocks. Made by
 * {@link InitiatorSession#open} and forgotten when the full feature phase begins.
 */
final class LoginExchange {
    private static final int OPERATIONAL = 1;
    private static final int FULL_FEATURE = 3;
    private static final int TRANSIT = 0x80;
    private static final int MAX_ROUNDS = 8;

    /** Bytes that this side takes in one PDU. */
    static final int RECEIVE_SEGMENT = 262_144;

    private final InitiatorSettings settings;
    private final TargetUrl url;
    private final Map<String, String> answers = new HashMap<>();
    private int statSn;
    private int expCmdSn;
    private int maxCmdSn;

    LoginExchange(InitiatorSettings settings, TargetUrl url) {
        this.settings = settings;
        this.url = url;
    }

    /** What carries the PDUs: writes one whole, reads one whole (header and data, without padding). */
    interface Carrier {
        void send(ByteBuffer pdu) throws IOException;

        ByteBuffer receive() throws IOException;
    }

    void run(Carrier carrier) throws IOException {
        ByteBuffer text = text(keys());
        int tsih = 0;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            carrier.send(request(text, tsih));
            ByteBuffer response = carrier.receive();
            if (check(response)) {
                return;
            }
            tsih = response.getShort(14) & 0xffff;
            text = ByteBuffer.allocate(0);
        }
        throw new ProtocolException("login did not end within " + MAX_ROUNDS + " rounds");
    }

    private Map<String, String> keys() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("InitiatorName", settings.name());
        keys.put("TargetName", url.target());
        keys.put("SessionType", "Normal");
        keys.put("HeaderDigest", "None");
        keys.put("DataDigest", "None");
        keys.put("MaxConnections", "1");
        keys.put("InitialR2T", settings.initialR2t() ? "Yes" : "No");
        keys.put("ImmediateData", settings.immediateData() ? "Yes" : "No");
        keys.put("MaxRecvDataSegmentLength", Integer.toString(RECEIVE_SEGMENT));
        keys.put("MaxBurstLength", Integer.toString(settings.maxBurst()));
        keys.put("FirstBurstLength", Integer.toString(settings.maxBurst()));
        keys.put("DefaultTime2Wait", "0");
        keys.put("DefaultTime2Retain", "0");
        keys.put("MaxOutstandingR2T", "1");
        keys.put("DataPDUInOrder", "Yes");
        keys.put("DataSequenceInOrder", "Yes");
        keys.put("ErrorRecoveryLevel", "0");
        return keys;
    }

    private static ByteBuffer text(Map<String, String> keys) {
        StringBuilder joined = new StringBuilder();
        keys.forEach((key, value) -> joined.append(key).append('=').append(value).append('\0'));
        return ByteBuffer.wrap(joined.toString().getBytes(StandardCharsets.UTF_8));
    }

    private ByteBuffer request(ByteBuffer text, int tsih) {
        int length = text.remaining();
        ByteBuffer pdu = ByteBuffer.allocate(Pdu.HEADER_BYTES + Pdu.padded(length));
        pdu.put(0, (byte) (Pdu.LOGIN_REQUEST | Pdu.IMMEDIATE));
        pdu.put(1, (byte) (TRANSIT | OPERATIONAL << 2 | FULL_FEATURE));
        pdu.putInt(4, length);
        // ISID of the "random" format (RFC 7143 11.12.5): 0x80, 24 bits, a qualifier
        pdu.put(8, (byte) 0x80).put(9, (byte) 0x5d).put(10, (byte) 0x11).put(11, (byte) 0x07);
        pdu.putShort(12, (short) settings.isidQualifier());
        pdu.putShort(14, (short) tsih);
        pdu.putInt(24, 1);
        pdu.putInt(28, statSn);
        pdu.put(Pdu.HEADER_BYTES, text, 0, length);
        return pdu;
    }

    private boolean check(ByteBuffer response) throws IOException {
        if ((response.get(0) & Pdu.OPCODE_MASK) != Pdu.LOGIN_RESPONSE) {
            throw new ProtocolException(String.format("login was answered with PDU %02x", response.get(0)));
        }
        int status = response.getShort(36) & 0xffff;
        if (status != 0) {
            throw new LoginRefusedException(status);
        }
        statSn = response.getInt(24) + 1;
        expCmdSn = response.getInt(28);
        maxCmdSn = response.getInt(32);
        byte[] data = new byte[response.limit() - Pdu.HEADER_BYTES];
        response.get(Pdu.HEADER_BYTES, data);
        for (String pair : new String(data, StandardCharsets.UTF_8).split("\0")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                answers.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        int flags = response.get(1);
        return (flags & TRANSIT) != 0 && (flags & 3) == FULL_FEATURE;
    }

    SessionLimits limits() {
        return SessionLimits.of(settings, answers);
    }

    int expStatSn() {
        return statSn;
    }

    int cmdSn() {
        return expCmdSn;
    }

    int maxCmdSn() {
        return maxCmdSn;
    }
}
