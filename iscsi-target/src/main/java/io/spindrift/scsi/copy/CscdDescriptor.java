package io.spindrift.scsi.copy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.spindrift.scsi.data.Designator;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;

/**
 * An identification CSCD descriptor (type E4h, 32 bytes, SPC-4 6.4.5.5): a copy source or destination by name.
 *
 * <p>LU ID TYPE is for descriptors that carry a LUN and is not looked at; NUL, which SPC-4 made obsolete, still says that no unit is meant.
 *
 * @param name null where the descriptor stands for no unit
 * @param peripheralType the device type that the initiator takes the unit for
 * @param blockLength bytes in a logical block, as the initiator knows it
 */
record CscdDescriptor(Designator name, int peripheralType, int blockLength) {
    static final int TYPE = 0xE4;
    static final int LENGTH = 32;
    static final int DIRECT_ACCESS = 0x00;
    /** Bytes in the longest designator that fits. */
    static final int MAX_NAME = 20;
    private static final int NUL = 0x20;

    /** @param at the descriptor's first byte in the list, of which all {@link #LENGTH} are there */
    static CscdDescriptor read(ByteBuf list, int at) throws CopyListException {
        int from = list.readerIndex() + at;
        int flags = list.getUnsignedByte(from + 1);
        int peripheralType = flags & 0x1F;
        int blockLength = list.getUnsignedMedium(from + 29);
        return new CscdDescriptor((flags & NUL) != 0 ? null : name(list, at), peripheralType, blockLength);
    }

    private static Designator name(ByteBuf list, int at) throws CopyListException {
        int from = list.readerIndex() + at;
        int association = list.getByte(from + 5) >> 4 & 3;
        if (association != 0) {
            throw wrong(at + 5, 5);
        }
        int length = list.getUnsignedByte(from + 7);
        if (length < 1 || length > MAX_NAME) {
            throw wrong(at + 7, SenseData.NONE);
        }
        byte[] bytes = ByteBufUtil.getBytes(list, from + 8, length);
        return new Designator(list.getByte(from + 4) & 0xF, list.getByte(from + 5) & 0xF, bytes);
    }

    private static CopyListException wrong(int at, int bit) {
        return new CopyListException(SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, bit));
    }
}
