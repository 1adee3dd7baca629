package io.spindrift.scsi;

import io.netty.buffer.ByteBuf;

/**
 * One SCSI command in flight (SAM-6 5.1), made and reused by the transport. A mutable struct on purpose: it is on the path of
 * every I/O and is pooled per session. Fields above the line are set by the transport, those below by the SCSI layer.
 */
public class ScsiCommand {
    /** The I_T nexus the command came through. */
    public Nexus nexus;
    /** The LUN field as it came, 8 bytes big-endian (SAM-6 4.7). */
    public long lun;
    /** The CDB; bytes past {@link #cdbLength} are undefined. 16 bytes, or longer where an extended CDB came. */
    public byte[] cdb = new byte[16];
    public int cdbLength;
    /** Task attribute as in RFC 7143 11.3.1: 0 untagged, 1 simple, 2 ordered, 3 head of queue, 4 ACA. */
    public int attribute;
    /** Bytes that the initiator means to send (0 where it sends none). */
    public long expectedDataOut;
    /** Bytes that the initiator has room for (0 where it wants none). */
    public long expectedDataIn;
    /** The data that came, from readerIndex; null where the command has none. The transport's. */
    public ByteBuf dataOut;
    public ScsiResponder responder;

    // ---- set by the SCSI layer ----

    /** SAM-6 5.3.1 status code. */
    public byte status;
    /** Sense data; null where the status carries none. */
    public byte[] sense;
    /** Data for the initiator from readerIndex, already cut to the allocation length of the CDB; null for none. */
    public ByteBuf dataIn;
    /**
     * Bytes that the CDB asked to move in its direction, before any cut to what the initiator expected; the transport derives
     * overflow and underflow residuals from it (RFC 7143 11.4.5.1).
     */
    public long transferLength;
}
