package io.spindrift.initiator.login;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The login phase (RFC 7143 clause 6), with CHAP where there are credentials. Made for one connection and forgotten when the full feature phase
 * begins.
 */
public final class LoginExchange {
    private static final int SECURITY = 0;
    private static final int OPERATIONAL = 1;
    private static final int FULL_FEATURE = 3;
    private static final int TRANSIT = 0x80;
    private static final int MAX_ROUNDS = 12;

    private final InitiatorSettings settings;
    private final TargetUrl url;
    private final Map<String, String> answers = new HashMap<>();
    private int stage;
    private int tsih;
    private int statSn;
    private int expCmdSn;
    private int maxCmdSn;

    public LoginExchange(InitiatorSettings settings, TargetUrl url) {
        this.settings = settings;
        this.url = url;
    }

    /** What carries the PDUs: writes one whole, reads one whole (header and data, without padding). */
    public interface Carrier {
        void send(ByteBuffer pdu) throws IOException;

        ByteBuffer receive() throws IOException;
    }

    public void run(Carrier carrier) throws IOException {
        stage = settings.credentials() == null ? OPERATIONAL : SECURITY;
        Map<String, String> keys = names();
        if (stage == SECURITY) {
            keys.put("AuthMethod", "CHAP");
        } else {
            keys.putAll(operational());
        }
        boolean transit = stage == OPERATIONAL;
        for (int round = 0; round < MAX_ROUNDS; round++) {
            int asked = stage;
            carrier.send(request(text(keys), transit));
            take(carrier.receive());
            if (stage == FULL_FEATURE) {
                return;
            }
            keys = stage == OPERATIONAL ? asked == SECURITY ? operational() : Map.of() : proof();
            transit = stage == OPERATIONAL || keys.containsKey("CHAP_R");
        }
        throw new ProtocolException("login did not end within " + MAX_ROUNDS + " rounds");
    }

    /** The next words of the security stage, by what the target said so far. */
    private Map<String, String> proof() throws ProtocolException {
        if (!"CHAP".equals(answers.get("AuthMethod"))) {
            throw new ProtocolException("the target does not want CHAP, it answered AuthMethod=" + answers.get("AuthMethod"));
        }
        return answers.containsKey("CHAP_C") ? new ChapProof(settings.credentials()).answer(answers) : ChapProof.offer();
    }

    private Map<String, String> names() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("InitiatorName", settings.name());
        keys.put("TargetName", url.target());
        keys.put("SessionType", "Normal");
        return keys;
    }

    private Map<String, String> operational() {
        Map<String, String> keys = new LinkedHashMap<>();
        keys.put("HeaderDigest", "None");
        keys.put("DataDigest", "None");
        keys.put("MaxConnections", "1");
        keys.put("InitialR2T", settings.initialR2t() ? "Yes" : "No");
        keys.put("ImmediateData", settings.immediateData() ? "Yes" : "No");
        keys.put("MaxRecvDataSegmentLength", Integer.toString(Pdu.RECEIVE_SEGMENT));
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

    private ByteBuffer request(ByteBuffer text, boolean transit) {
        int length = text.remaining();
        ByteBuffer pdu = ByteBuffer.allocate(Pdu.HEADER_BYTES + Pdu.padded(length));
        pdu.put(0, (byte) (Pdu.LOGIN_REQUEST | Pdu.IMMEDIATE));
        int next = stage == SECURITY ? OPERATIONAL : FULL_FEATURE;
        pdu.put(1, (byte) (stage << 2 | (transit ? TRANSIT | next : 0)));
        pdu.putInt(4, length);
        // ISID of the "random" format (RFC 7143 11.12.5): 0x80, 24 bits, a qualifier
        pdu.putShort(8, (short) (0x8000 | settings.isid() >>> 32 & 0xff)).putInt(10, (int) settings.isid());
        pdu.putShort(14, (short) tsih);
        pdu.putInt(24, 1);
        pdu.putInt(28, statSn);
        pdu.put(Pdu.HEADER_BYTES, text, 0, length);
        return pdu;
    }

    private void take(ByteBuffer response) throws IOException {
        if ((response.get(0) & Pdu.OPCODE_MASK) != Pdu.LOGIN_RESPONSE) {
            throw new ProtocolException(String.format("login was answered with PDU %02x", response.get(0)));
        }
        byte[] data = new byte[response.limit() - Pdu.HEADER_BYTES];
        response.get(Pdu.HEADER_BYTES, data);
        for (String pair : new String(data, StandardCharsets.UTF_8).split("\0")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                answers.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        int status = response.getShort(36) & 0xffff;
        if (status != 0) {
            String elsewhere = answers.get("TargetAddress");
            throw new LoginRefusedException(status, status >>> 8 == 1 && elsewhere != null ? url.at(elsewhere) : null);
        }
        tsih = response.getShort(14) & 0xffff;
        statSn = response.getInt(24) + 1;
        expCmdSn = response.getInt(28);
        maxCmdSn = response.getInt(32);
        int flags = response.get(1);
        if ((flags & TRANSIT) != 0) {
            stage = flags & 3;
        }
    }

    public SessionLimits limits() {
        return SessionLimits.of(settings, answers);
    }

    public int expStatSn() {
        return statSn;
    }

    public int cmdSn() {
        return expCmdSn;
    }

    public int maxCmdSn() {
        return maxCmdSn;
    }
}
