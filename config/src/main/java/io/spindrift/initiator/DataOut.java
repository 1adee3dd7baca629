package io.spindrift.initiator;

import io.spindrift.initiator.login.Pdu;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A burst of Data-Out PDUs, unsolicited or asked for by an R2T, that goes out as the socket takes it (RFC 7143 11.7). */
final class DataOut {
    private final ScsiTask task;
    private final int slot;
    private final int targetTag;
    private final long lunField;
    private final int segment;
    private final int end;
    private int offset;
    private int dataSn;

    DataOut(ScsiTask task, int slot, int targetTag, long lunField, int segment, int offset, int end) {
        this.task = task;
        this.slot = slot;
        this.targetTag = targetTag;
        this.lunField = lunField;
        this.segment = segment;
        this.offset = offset;
        this.end = end;
    }

    /** @return true when the burst has gone out whole */
    boolean send(Wire wire, int expStatSn) throws IOException {
        while (offset < end) {
            int length = Math.min(segment, end - offset);
            ByteBuffer pdu = wire.room(Wire.roomFor(length));
            if (pdu == null) {
                return false;
            }
            boolean last = offset + length == end;
            pdu.put((byte) Pdu.DATA_OUT).put((byte) (last ? Pdu.FINAL : 0)).putShort((short) 0).putInt(length).putLong(lunField);
            pdu.putInt(slot).putInt(targetTag).putInt(0).putInt(expStatSn).putInt(0).putInt(dataSn++).putInt(offset).putInt(0);
            wire.put(task.out(), offset, length);
            offset += length;
        }
        return true;
    }
}
