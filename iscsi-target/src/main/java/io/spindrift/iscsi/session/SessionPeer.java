package io.spindrift.iscsi.session;

import io.spindrift.scsi.Nexus;

/**
 * Who a session is with.
 *
 * @param target null in a discovery session
 * @param nexus null in a discovery session
 * @param connectionId CID of its connection
 * @param tsih target session identifying handle, 1 to 65535
 */
public record SessionPeer(String initiatorName, TargetNode target, Nexus nexus, int connectionId, int tsih) {}
