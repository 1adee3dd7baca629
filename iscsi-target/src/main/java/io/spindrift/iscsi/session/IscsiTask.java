package io.spindrift.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.scsi.ScsiCommand;

/**
 * A SCSI command of a session, with what the transfer of its data needs. Pooled by the session; every field is that of the
 * command now in it.
 */
final class IscsiTask extends ScsiCommand {
    enum State {
        /** In the pool. */
        FREE,
        /** The SCSI layer is asked for its plan. */
        PLANNING,
        /** Data is still to come. */
        RECEIVING,
        /** All data is here, but commands before it are not. */
        WAITING,
        /** With the SCSI layer. */
        EXECUTING
    }

    private static final int SHORT_CDB = 16;
    private static final int EXTENDED_CDB = 1;

    State state = State.FREE;
    int tag;
    int cmdSn;
    boolean immediate;
    /** Whether the command counts as in flight in the window. */
    boolean counted;
    /** Whether commands with lower numbers have all come. */
    boolean turn;
    /** Who waits for the end of this command because it is to be aborted; null for none. Its response is not sent. */
    Abortion abortion;
    /** Whether the command is aborted, and only the data that R2Ts asked for is still awaited; to be thrown away. */
    boolean draining;
    /** The ticker's time at which that ends. */
    long patienceEnd;
    /** Data-In PDUs and R2Ts sent: ExpDataSN of the response. */
    int dataPdus;

    /** Data-Out bytes wanted. */
    int planned;
    /** Data-Out bytes that came; what comes next belongs at this offset. */
    int received;
    /** Whether unsolicited Data-Out PDUs are still to come. */
    boolean unsolicited;
    /** DataSN of the next unsolicited PDU. */
    int unsolicitedSn;
    /** Offset up to which R2Ts were sent. */
    int solicited;
    int r2tSn;
    /** Bytes counted in the server's budget for what comes unsolicited. */
    int unsolicitedBytes;
    /** Bytes counted in the session's budget. */
    int budgeted;
    boolean waitsForRoom;

    private final int[] r2tTag;
    private final int[] r2tEnd;
    private final int[] r2tDataSn;
    private int r2tFirst;
    private int r2tCount;

    IscsiTask(int maxOutstandingR2t) {
        int slots = Integer.highestOneBit(maxOutstandingR2t * 2 - 1);
        r2tTag = new int[slots];
        r2tEnd = new int[slots];
        r2tDataSn = new int[slots];
    }

    /** Takes the command over from its header. */
    void begin(Bhs bhs) {
        int flags = bhs.flags();
        tag = bhs.initiatorTaskTag();
        cmdSn = bhs.cmdSn();
        immediate = bhs.immediate();
        lun = bhs.lun();
        attribute = flags & 7;
        long expected = bhs.intAt(20) & 0xffffffffL;
        expectedDataIn = (flags & 0x40) != 0 ? expected : 0;
        expectedDataOut = (flags & 0x20) != 0 ? expected : 0;
        readCdb(bhs);
        state = State.PLANNING;
        counted = false;
        turn = false;
        abortion = null;
        draining = false;
        dataPdus = 0;
        planned = 0;
        received = 0;
        unsolicited = false;
        unsolicitedSn = 0;
        solicited = 0;
        r2tSn = 0;
        r2tFirst = 0;
        r2tCount = 0;
        budgeted = 0;
        waitsForRoom = false;
        status = 0;
        sense = null;
        dataIn = null;
        dataOut = null;
        transferLength = 0;
    }

    /** 16 bytes of the header, and what an extended CDB segment adds (RFC 7143 11.2.2.3). */
    private void readCdb(Bhs bhs) {
        cdbLength = SHORT_CDB;
        int ahs = bhs.ahsLength();
        int extra = ahs >= 4 && bhs.byteAt(Bhs.LENGTH + 2) == EXTENDED_CDB ? bhs.shortAt(Bhs.LENGTH) - 1 : 0;
        if (extra > 0 && extra <= ahs - 4) {
            cdbLength += extra;
            if (cdb.length < cdbLength) {
                cdb = new byte[SHORT_CDB + 255 * 4];
            }
            bhs.copy(Bhs.LENGTH + 4, cdb, SHORT_CDB, extra);
        }
        bhs.copy(32, cdb, 0, SHORT_CDB);
    }

    boolean bidirectional() {
        return expectedDataIn > 0 && expectedDataOut > 0;
    }

    /** Bytes that the initiator expects to move, whichever way. */
    long expected() {
        return expectedDataIn + expectedDataOut;
    }

    boolean dataIsHere() {
        return received >= planned && !unsolicited && r2tCount == 0;
    }

    int outstandingR2ts() {
        return r2tCount;
    }

    /** An R2T was sent that asks for data up to {@code end}. */
    void r2tSent(int transferTag, int end) {
        int slot = r2tFirst + r2tCount & r2tTag.length - 1;
        r2tTag[slot] = transferTag;
        r2tEnd[slot] = end;
        r2tDataSn[slot] = 0;
        r2tCount++;
        r2tSn++;
        solicited = end;
    }

    /** Whether a PDU is the next one of the oldest R2T: sequences and PDUs come in order, as was negotiated. */
    boolean fitsR2t(Bhs bhs) {
        return r2tCount > 0 && bhs.targetTransferTag() == r2tTag[r2tFirst] && bhs.intAt(36) == r2tDataSn[r2tFirst]
            && bhs.intAt(40) == received && received + bhs.dataLength() <= r2tEnd[r2tFirst]
            && bhs.isFinal() == (received + bhs.dataLength() == r2tEnd[r2tFirst]);
    }

    /** A PDU that {@link #fitsR2t} is complete. */
    void r2tData(int length, boolean last) {
        received += length;
        r2tDataSn[r2tFirst]++;
        if (last) {
            r2tFirst = r2tFirst + 1 & r2tTag.length - 1;
            r2tCount--;
        }
    }

    /** The sequence that {@code transferTag} asked for has ended, in full or not. @return whether none is left */
    boolean r2tAnswered(int transferTag) {
        int open = 0;
        for (int i = 0; i < r2tCount; i++) {
            int slot = r2tFirst + i & r2tTag.length - 1;
            if (r2tTag[slot] == transferTag) {
                r2tTag[slot] = Bhs.NO_TAG;
            }
            open += r2tTag[slot] == Bhs.NO_TAG ? 0 : 1;
        }
        return open == 0;
    }

    void releaseData() {
        ByteBuf data = dataOut;
        dataOut = null;
        if (data != null) {
            data.release();
        }
    }
}
