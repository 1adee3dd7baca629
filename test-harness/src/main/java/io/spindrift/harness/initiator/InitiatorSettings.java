package io.spindrift.harness.initiator;

/**
 * How a session is negotiated.
 *
 * @param name the initiator's iSCSI name
 * @param isidQualifier the last two bytes of the ISID: two sessions of one name differ in it
 * @param maxBurst MaxBurstLength and FirstBurstLength offered, bytes
 * @param immediateData ImmediateData
 * @param initialR2t InitialR2T; false: unsolicited Data-Out is sent
 * @param timeoutMs how long connect and login may take
 */
public record InitiatorSettings(String name, int isidQualifier, int maxBurst, boolean immediateData, boolean initialR2t, int timeoutMs) {
    public InitiatorSettings {
        if (name.isEmpty() || name.length() > 223) {
            throw new IllegalArgumentException("an iSCSI name has 1 to 223 bytes");
        }
        if (maxBurst < 512 || maxBurst > (1 << 24) - 1) {
            throw new IllegalArgumentException("maxBurst must be 512 to 16777215, not " + maxBurst);
        }
    }

    public static InitiatorSettings defaults() {
        return new InitiatorSettings("iqn.2026-11.io.spindrift.harness:initiator", 1, 262_144, true, false, 10_000);
    }

    public InitiatorSettings named(String newName) {
        return new InitiatorSettings(newName, isidQualifier, maxBurst, immediateData, initialR2t, timeoutMs);
    }

    public InitiatorSettings qualified(int newQualifier) {
        return new InitiatorSettings(name, newQualifier, maxBurst, immediateData, initialR2t, timeoutMs);
    }

    public InitiatorSettings within(int newTimeoutMs) {
        return new InitiatorSettings(name, isidQualifier, maxBurst, immediateData, initialR2t, newTimeoutMs);
    }
}
