package io.spindrift.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.iscsi.negotiation.SessionParameters;
import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.PduWriter;
import org.jscsi.parser.OperationCode;
import org.jscsi.parser.asynchronous.AsynchronousMessageParser.AsyncEventCodes;
import org.jscsi.parser.logout.LogoutResponse;
import org.jscsi.parser.reject.RejectParser.ReasonCode;
import org.jscsi.parser.scsi.SCSIStatus;

/** What a session sends: PDUs with their sequence numbers. Made by the session, on its loop. */
final class Responses {
    private static final int STAT_SN = 24;
    private static final int RESIDUAL = 44;
    private static final int OVERFLOW = 4;
    private static final int UNDERFLOW = 2;
    private static final int WITH_STATUS = 1;
    private static final int COMMANDS_TERMINATED = 5;
    private static final byte GOOD = SCSIStatus.GOOD.value();

    private final PduWriter out;
    private final CommandWindow window;
    private final SessionParameters parameters;
    private int initiatorReceives;
    private int statSn;
    private long bytesSent;

    Responses(PduWriter out, CommandWindow window, SessionParameters parameters, int statSn) {
        this.out = out;
        this.window = window;
        this.parameters = parameters;
        this.initiatorReceives = parameters.initiatorReceives();
        this.statSn = statSn;
    }

    /** The longest data segment that the initiator takes from now on. */
    void initiatorReceives(int bytes) {
        initiatorReceives = bytes;
    }

    long bytesSent() {
        return bytesSent;
    }

    /** The end of a command: its data, and its status with the last of it where that is GOOD (RFC 7143 11.7.3). */
    void respond(IscsiTask task) {
        ByteBuf data = task.dataIn;
        task.dataIn = null;
        int room = (int) Math.min(task.expectedDataIn, Integer.MAX_VALUE);
        int length = data == null ? 0 : Math.min(data.readableBytes(), room);
        boolean collapsed = length > 0 && task.status == GOOD;
        if (length > 0) {
            bytesSent += length;
            sendData(task, data, length, collapsed);
        } else if (data != null) {
            data.release();
        }
        if (!collapsed) {
            scsiResponse(task, length);
        }
    }

    private void sendData(IscsiTask task, ByteBuf data, int length, boolean collapsed) {
        int burst = parameters.maxBurst();
        int longest = Math.min(initiatorReceives, burst);
        int start = data.readerIndex();
        int offset = 0;
        while (offset < length) {
            int count = Math.min(Math.min(longest, length - offset), burst - offset % burst);
            boolean last = offset + count == length;
            boolean endsBurst = last || (offset + count) % burst == 0;
            dataInHeader(task, offset, endsBurst, last && collapsed, length);
            ByteBuf part = last ? data.readerIndex(start + offset).writerIndex(start + length) : data.retainedSlice(start + offset, count);
            out.end(part);
            offset += count;
        }
    }

    private void dataInHeader(IscsiTask task, int offset, boolean endsBurst, boolean withStatus, int length) {
        out.begin(OperationCode.SCSI_DATA_IN.value(), endsBurst ? Bhs.FINAL : 0)
            .putInt(16, task.tag).putInt(20, Bhs.NO_TAG)
            .putInt(28, window.expCmdSn()).putInt(32, window.maxCmdSn())
            .putInt(36, task.dataPdus++).putInt(40, offset);
        if (withStatus) {
            out.putByte(3, task.status).putInt(STAT_SN, statSn++);
            out.putByte(1, Bhs.FINAL | WITH_STATUS | residual(task, length));
        }
    }

    private void scsiResponse(IscsiTask task, int dataInLength) {
        out.begin(OperationCode.SCSI_RESPONSE.value(), Bhs.FINAL).putByte(3, task.status).putInt(16, task.tag);
        numbers();
        out.putInt(36, task.dataPdus);
        out.putByte(1, Bhs.FINAL | residual(task, dataInLength));
        if (task.sense == null) {
            out.end();
        } else {
            int length = task.sense.length;
            out.end(out.channel().alloc().directBuffer(2 + length).writeShort(length).writeBytes(task.sense));
        }
    }

    /** Writes the residual count of the PDU that was begun, and tells its flags (RFC 7143 11.4.5.1). */
    private int residual(IscsiTask task, int dataInLength) {
        long expected = task.expected();
        long asked = task.transferLength;
        if (asked > expected) {
            out.putInt(RESIDUAL, (int) Math.min(asked - expected, 0xffffffffL));
            return OVERFLOW;
        }
        boolean failed = task.status != GOOD && task.status != SCSIStatus.CONDITION_MET.value();
        long moved = !failed ? asked : task.expectedDataIn > 0 ? dataInLength : Math.min(task.received, asked);
        if (moved < expected) {
            out.putInt(RESIDUAL, (int) (expected - moved));
            return UNDERFLOW;
        }
        return 0;
    }

    void r2t(IscsiTask task, int transferTag, int offset, int length) {
        out.begin(OperationCode.R2T.value(), Bhs.FINAL).putLong(8, task.lun).putInt(16, task.tag).putInt(20, transferTag)
            .putInt(STAT_SN, statSn).putInt(28, window.expCmdSn()).putInt(32, window.maxCmdSn())
            .putInt(36, task.r2tSn).putInt(40, offset).putInt(44, length).end();
        task.dataPdus++;
    }

    /** Answers a ping with the data it brought, at most what the initiator takes; takes {@code data} over. */
    void pong(Bhs ping, ByteBuf data) {
        out.begin(OperationCode.NOP_IN.value(), Bhs.FINAL).putLong(8, ping.lun()).putInt(16, ping.initiatorTaskTag())
            .putInt(20, Bhs.NO_TAG);
        numbers();
        if (data == null) {
            out.end();
        } else {
            int length = Math.min(data.readableBytes(), initiatorReceives);
            out.end(data.writerIndex(data.readerIndex() + length));
        }
    }

    /** Asks whether the initiator is there. */
    void ping(int transferTag) {
        out.begin(OperationCode.NOP_IN.value(), Bhs.FINAL).putInt(16, Bhs.NO_TAG).putInt(20, transferTag)
            .putInt(STAT_SN, statSn).putInt(28, window.expCmdSn()).putInt(32, window.maxCmdSn()).end();
    }

    /** @param information of RFC 7144 4.3.2, 24 bits */
    void taskManagement(int tag, int response, int information) {
        out.begin(OperationCode.SCSI_TM_RESPONSE.value(), Bhs.FINAL).putByte(2, response).putInt(8, information << 8).putInt(16, tag);
        numbers();
        out.end();
    }

    /** One PDU of a text answer; {@code flags} are F or C or neither, and {@code transferTag} is {@link Bhs#NO_TAG} with F alone. */
    void text(int tag, int transferTag, int flags, byte[] data, int from, int to) {
        out.begin(OperationCode.TEXT_RESPONSE.value(), flags).putInt(16, tag).putInt(20, transferTag);
        numbers();
        out.end(Unpooled.wrappedBuffer(data, from, to - from));
    }

    void logout(int tag, LogoutResponse response) {
        out.begin(OperationCode.LOGOUT_RESPONSE.value(), Bhs.FINAL).putByte(2, response.value()).putInt(16, tag);
        numbers();
        out.putShort(40, parameters.timeToWait()).putShort(42, 0).end();
    }

    /** Asks the initiator to log out within {@code seconds} (RFC 7143 11.9.1). */
    void askForLogout(int seconds) {
        event(AsyncEventCodes.LOGOUT.value(), 0, 0, 0, seconds);
    }

    /** Tells that the connection with that id is about to be dropped. */
    void connectionDropped(int connectionId) {
        event(AsyncEventCodes.DROP_CONNECTION.value(), 0, connectionId, parameters.timeToWait(), 0);
    }

    /** Tells that all connections of the session, which is its one, are about to be dropped. */
    void sessionDropped() {
        event(AsyncEventCodes.DROP_ALL_CONNECTIONS.value(), 0, 0, parameters.timeToWait(), 0);
    }

    /** Tells that the commands of a logical unit are being terminated (FastAbort, RFC 7143 4.2.3.4). */
    void commandsTerminated(long lun) {
        event(COMMANDS_TERMINATED, lun, 0, 0, 0);
    }

    private void event(int code, long lun, int first, int second, int third) {
        out.begin(OperationCode.ASYNC_MESSAGE.value(), Bhs.FINAL).putLong(8, lun).putInt(16, Bhs.NO_TAG);
        numbers();
        out.putByte(36, code).putShort(38, first).putShort(40, second).putShort(42, third).end();
    }

    void reject(Bhs bhs, ReasonCode reason) {
        byte[] header = new byte[Bhs.LENGTH];
        bhs.copy(0, header, 0, Bhs.LENGTH);
        out.begin(OperationCode.REJECT.value(), Bhs.FINAL).putByte(2, reason.value()).putInt(16, Bhs.NO_TAG);
        numbers();
        out.end(header);
    }

    private void numbers() {
        out.putInt(STAT_SN, statSn++).putInt(28, window.expCmdSn()).putInt(32, window.maxCmdSn());
    }
}
