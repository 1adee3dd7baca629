package io.spindrift.iscsi.negotiation;

/**
 * What a login agreed on (RFC 7143 13). Lengths are bytes, times seconds.
 *
 * @param initiatorReceives the longest data segment the initiator takes
 * @param targetReceives the longest data segment this target takes
 */
public record SessionParameters(int initiatorReceives, int targetReceives, int maxBurst, int firstBurst, int maxOutstandingR2t,
        boolean initialR2t, boolean immediateData, boolean headerDigest, boolean dataDigest, int timeToWait, int timeToRetain) {}
