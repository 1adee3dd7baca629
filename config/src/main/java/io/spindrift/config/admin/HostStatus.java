package io.spindrift.config.admin;

import java.util.List;

/**
 * The daemon at a moment.
 *
 * @param started ISO 8601
 * @param portals as bound
 */
public record HostStatus(String version, String started, String transport, List<String> portals, List<VolumeStatus> volumes, List<SessionStatus> sessions) {
    /** One logged in initiator. */
    public record SessionStatus(
            String target, String initiator, String peer, int inFlight, long commands, long readBytes, long writtenBytes) {}
}
