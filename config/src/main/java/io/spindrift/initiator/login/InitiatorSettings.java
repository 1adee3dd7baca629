package io.spindrift.initiator.login;

/**
 * How a session is negotiated.
 *
 * @param name the initiator's iSCSI name
 * @param isid five bytes of the ISID behind its format byte: two sessions of one name differ in it
 * @param maxBurst MaxBurstLength and FirstBurstLength offered, bytes
 * @param immediateData ImmediateData
 * @param initialR2t InitialR2T; false: unsolicited Data-Out is sent
 * @param timeoutMs how long connect and login may take
 * @param credentials what to prove oneself with; null: no authentication is offered
 */
public record InitiatorSettings(String name, long isid, int maxBurst, boolean immediateData, boolean initialR2t, int timeoutMs,
                                Credentials credentials) {
    public InitiatorSettings {
        if (name.isEmpty() || name.length() > 223) {
            throw new IllegalArgumentException("an iSCSI name has 1 to 223 bytes");
        }
        if (maxBurst < 512 || maxBurst > (1 << 24) - 1) {
            throw new IllegalArgumentException("maxBurst must be 512 to 16777215, not " + maxBurst);
        }
    }

    public static InitiatorSettings defaults() {
        return new InitiatorSettings("iqn.2026-11.io.spindrift:initiator", 0x5d_1107_0001L, 262_144, true, false, 10_000, null);
    }

    public InitiatorSettings named(String newName) {
        return new InitiatorSettings(newName, isid, maxBurst, immediateData, initialR2t, timeoutMs, credentials);
    }

    public InitiatorSettings identified(long newIsid) {
        return new InitiatorSettings(name, newIsid & 0xff_ffff_ffffL, maxBurst, immediateData, initialR2t, timeoutMs, credentials);
    }

    public InitiatorSettings within(int newTimeoutMs) {
        return new InitiatorSettings(name, isid, maxBurst, immediateData, initialR2t, newTimeoutMs, credentials);
    }

    public InitiatorSettings as(Credentials newCredentials) {
        return new InitiatorSettings(name, isid, maxBurst, immediateData, initialR2t, timeoutMs, newCredentials);
    }
}
