package io.spindrift.scsi.copy;

import io.netty.buffer.ByteBuf;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;

/**
 * A block device to block device segment descriptor (type 02h, 28 bytes, SPC-4 6.4.6.3).
 *
 * @param countsDestination DC: whether {@code blocks} are blocks of the destination and not of the source
 * @param source number of the CSCD descriptor that is read
 * @param destination number of the CSCD descriptor that is written
 * @param blocks 0 to 65535; 0 copies nothing
 */
record SegmentDescriptor(boolean countsDestination, int source, int destination, int blocks, long sourceLba, long destinationLba) {
    static final int TYPE = 0x02;
    static final int LENGTH = 28;
    /** Where the fields begin, for sense data. */
    static final int SOURCE = 4;
    static final int DESTINATION = 6;
    static final int BLOCKS = 10;
    static final int SOURCE_LBA = 12;
    static final int DESTINATION_LBA = 20;
    private static final int HEADER = 4;
    private static final int DC = 0x02;

    /** @param at the descriptor's first byte in the list, of which all {@link #LENGTH} are there */
    static SegmentDescriptor read(ByteBuf list, int at) throws CopyListException {
        int from = list.readerIndex() + at;
        if (list.getUnsignedShort(from + 2) != LENGTH - HEADER) {
            throw new CopyListException(SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at + 2, SenseData.NONE));
        }
        return new SegmentDescriptor(
                (list.getByte(from + 1) & DC) != 0,
                list.getUnsignedShort(from + SOURCE),
                list.getUnsignedShort(from + DESTINATION),
                list.getUnsignedShort(from + BLOCKS),
                list.getLong(from + SOURCE_LBA),
                list.getLong(from + DESTINATION_LBA));
    }
}
