package io.spindrift.iscsi;

import io.spindrift.iscsi.negotiation.SessionParameters;

/**
 * A session as status shows it. Counters may be a moment old.
 *
 * @param address of the initiator
 * @param target name; empty in a discovery session
 * @param tsih target session identifying handle
 * @param inFlight commands that count in the command window now
 * @param commands SCSI commands that were answered
 * @param bytesRead bytes of Data-In sent
 * @param bytesWritten bytes of Data-Out that were handed to the SCSI layer
 */
public record SessionInfo(String initiatorName, String address, String target, int tsih, SessionParameters parameters, int inFlight,
        long commands, long bytesRead, long bytesWritten) {}
