package io.spindrift.initiator.login;

import java.util.Map;

/**
 * What login settled that the data path needs (RFC 7143 clause 13).
 *
 * @param maxSendSegment the target's MaxRecvDataSegmentLength, bytes
 * @param maxBurst MaxBurstLength, bytes
 * @param firstBurst FirstBurstLength, bytes
 */
public record SessionLimits(int maxSendSegment, int maxBurst, int firstBurst, boolean immediateData, boolean initialR2t) {
    /** MaxRecvDataSegmentLength where the target declares none. */
    private static final int DEFAULT_SEGMENT = 8192;

    static SessionLimits of(InitiatorSettings offered, Map<String, String> answered) {
        int maxBurst = Math.min(offered.maxBurst(), number(answered, "MaxBurstLength", offered.maxBurst()));
        int firstBurst = Math.min(maxBurst, number(answered, "FirstBurstLength", offered.maxBurst()));
        boolean immediate = offered.immediateData() && !"No".equals(answered.get("ImmediateData"));
        boolean initialR2t = offered.initialR2t() || !"No".equals(answered.get("InitialR2T"));
        return new SessionLimits(number(answered, "MaxRecvDataSegmentLength", DEFAULT_SEGMENT), maxBurst, firstBurst, immediate, initialR2t);
    }

    private static int number(Map<String, String> answered, String key, int otherwise) {
        String text = answered.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            return Math.max(512, Integer.decode(text));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }
}
