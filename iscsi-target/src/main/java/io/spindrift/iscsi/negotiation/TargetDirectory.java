package io.spindrift.iscsi.negotiation;

import io.netty.channel.Channel;

/** Which targets there are and where, for SendTargets (RFC 7143 Appendix C). Any thread. */
public interface TargetDirectory {
    /** Appends TargetName and TargetAddress of every target that the initiator may see, as {@code peer} reaches them. */
    void describeAll(String initiatorName, Channel peer, StringBuilder out);

    /** Appends those of one target; nothing where there is none of that name that the initiator may see. */
    void describe(String targetName, String initiatorName, Channel peer, StringBuilder out);
}
