package io.spindrift.scsi.copy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiResponder;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A command that a copy gives to one of its units. Made by {@link CopyOperation} on its own home loop, carried out on the unit's, and answered
 * once on the operation's again; between the loops it is handed over whole.
 */
final class CopyRequest extends ScsiCommand implements ScsiResponder {
    private static final int READ_CAPACITY_BYTES = 32;
    private static final int LBA_STATUS_BYTES = 24;
    private static final int SIMPLE = 1;

    private final Consumer<CopyRequest> answered;
    /** Whether the unit is there for the initiator. */
    boolean reached = true;

    private CopyRequest(long dataIn, ByteBuf data, Consumer<CopyRequest> answered) {
        this.answered = answered;
        cdbLength = cdb.length;
        attribute = SIMPLE;
        responder = this;
        expectedDataIn = dataIn;
        expectedDataOut = data == null ? 0 : data.readableBytes();
        dataOut = data;
    }

    /** READ CAPACITY(16). */
    static CopyRequest capacity(Consumer<CopyRequest> answered) {
        CopyRequest request = new CopyRequest(READ_CAPACITY_BYTES, null, answered);
        request.fields(0x9E, 0x10).putInt(10, READ_CAPACITY_BYTES);
        return request;
    }

    /** GET LBA STATUS of what stands at {@code lba}: one descriptor. */
    static CopyRequest lbaStatus(long lba, Consumer<CopyRequest> answered) {
        CopyRequest request = new CopyRequest(LBA_STATUS_BYTES, null, answered);
        request.fields(0x9E, 0x12).putLong(2, lba).putInt(10, LBA_STATUS_BYTES);
        return request;
    }

    /** READ(16). The data that comes is the receiver's. */
    static CopyRequest read(long lba, int blocks, int bytes, Consumer<CopyRequest> answered) {
        CopyRequest request = new CopyRequest(bytes, null, answered);
        request.fields(0x88, 0).putLong(2, lba).putInt(10, blocks);
        return request;
    }

    /** WRITE(16). The data stays the caller's. */
    static CopyRequest write(long lba, int blocks, ByteBuf data, Consumer<CopyRequest> answered) {
        CopyRequest request = new CopyRequest(0, data, answered);
        request.fields(0x8A, 0).putLong(2, lba).putInt(10, blocks);
        return request;
    }

    /** UNMAP of one range. */
    static CopyRequest unmap(long lba, int blocks, Consumer<CopyRequest> answered) {
        ByteBuf list = Unpooled.buffer(24).writeShort(22).writeShort(16).writeInt(0).writeLong(lba).writeInt(blocks).writeInt(0);
        CopyRequest request = new CopyRequest(0, list, answered);
        request.fields(0x42, 0).putShort(7, (short) list.readableBytes());
        return request;
    }

    private ByteBuffer fields(int code, int action) {
        return ByteBuffer.wrap(cdb).put(0, (byte) code).put(1, (byte) action);
    }

    /** The unit's loop. */
    @Override
    public void completed(ScsiCommand command) {
        answered.accept(this);
    }

    /** The unit's loop: there is no such unit for the initiator. */
    void notReached() {
        reached = false;
        answered.accept(this);
    }

    boolean good() {
        return reached && status == 0;
    }

    CopyFailure.Answer answer() {
        return new CopyFailure.Answer(status, sense);
    }
}
