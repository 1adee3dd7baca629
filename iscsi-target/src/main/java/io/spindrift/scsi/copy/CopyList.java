package io.spindrift.scsi.copy;

import io.netty.buffer.ByteBuf;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import java.util.ArrayList;
import java.util.List;

/**
 * The parameter list of EXTENDED COPY(LID1) (SPC-4 6.4.1), read whole and checked against {@link CopyLimits} before anything is copied. Reserved
 * fields are not looked at: initiators leave in them what was there. PRIORITY is a hint, and STR says what is done anyway: segment after
 * segment.
 *
 * @param identified whether LIST IDENTIFIER counts
 * @param held whether the result is kept for RECEIVE COPY RESULTS
 */
record CopyList(int identifier, boolean identified, boolean held, List<CscdDescriptor> cscds, List<SegmentDescriptor> segments) {
    static final int HEADER_LENGTH = 16;
    private static final int USAGE_HOLD = 0;
    private static final int USAGE_RESERVED = 1;
    private static final int USAGE_NONE = 3;

    /** @param list the whole parameter list, {@link #HEADER_LENGTH} bytes or more; its indices are not moved */
    static CopyList read(ByteBuf list) throws CopyListException {
        int from = list.readerIndex();
        int identifier = list.getUnsignedByte(from);
        int usage = list.getByte(from + 1) >> 3 & 3;
        if (usage == USAGE_RESERVED) {
            throw wrong(1, 4);
        }
        if (usage == USAGE_NONE && identifier != 0) {
            throw wrong(0, SenseData.NONE);
        }
        int cscdBytes = list.getUnsignedShort(from + 2);
        long segmentBytes = list.getUnsignedInt(from + 8);
        if (list.getUnsignedInt(from + 12) > CopyLimits.INLINE_BYTES) {
            throw new CopyListException(AdditionalSense.INLINE_DATA_LENGTH_EXCEEDED);
        }
        if (cscdBytes + segmentBytes > Math.min(list.readableBytes() - HEADER_LENGTH, CopyLimits.DESCRIPTOR_BYTES)) {
            throw new CopyListException(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        }
        List<CscdDescriptor> cscds = cscds(list, HEADER_LENGTH + cscdBytes);
        List<SegmentDescriptor> segments = segments(list, HEADER_LENGTH + cscdBytes, HEADER_LENGTH + cscdBytes + (int) segmentBytes, cscds);
        return new CopyList(identifier, usage != USAGE_NONE, usage == USAGE_HOLD, cscds, segments);
    }

    private static List<CscdDescriptor> cscds(ByteBuf list, int end) throws CopyListException {
        List<CscdDescriptor> cscds = new ArrayList<>();
        for (int at = HEADER_LENGTH; at < end; at += CscdDescriptor.LENGTH) {
            if (cscds.size() == CopyLimits.CSCDS) {
                throw new CopyListException(AdditionalSense.TOO_MANY_TARGET_DESCRIPTORS);
            }
            if (list.getUnsignedByte(list.readerIndex() + at) != CscdDescriptor.TYPE) {
                throw new CopyListException(AdditionalSense.UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE);
            }
            checkWhole(at, CscdDescriptor.LENGTH, end);
            cscds.add(CscdDescriptor.read(list, at));
        }
        return cscds;
    }

    private static List<SegmentDescriptor> segments(ByteBuf list, int from, int end, List<CscdDescriptor> cscds) throws CopyListException {
        List<SegmentDescriptor> segments = new ArrayList<>();
        for (int at = from; at < end; at += SegmentDescriptor.LENGTH) {
            if (segments.size() == CopyLimits.SEGMENTS) {
                throw new CopyListException(AdditionalSense.TOO_MANY_SEGMENT_DESCRIPTORS);
            }
            if (list.getUnsignedByte(list.readerIndex() + at) != SegmentDescriptor.TYPE) {
                throw new CopyListException(AdditionalSense.UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE);
            }
            checkWhole(at, SegmentDescriptor.LENGTH, end);
            SegmentDescriptor segment = SegmentDescriptor.read(list, at);
            if (bytes(segment, cscds) > CopyLimits.SEGMENT_BYTES) {
                throw wrong(at + SegmentDescriptor.BLOCKS, SenseData.NONE);
            }
            segments.add(segment);
        }
        return segments;
    }

    private static void checkWhole(int at, int length, int end) throws CopyListException {
        if (end - at < length) {
            throw new CopyListException(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        }
    }

    /** What a segment moves, by the block length that the initiator gave; one that names no CSCD is found out when it is processed. */
    private static long bytes(SegmentDescriptor segment, List<CscdDescriptor> cscds) {
        int counted = segment.countsDestination() ? segment.destination() : segment.source();
        return counted < cscds.size() ? (long) segment.blocks() * cscds.get(counted).blockLength() : 0;
    }

    private static CopyListException wrong(int at, int bit) {
        return new CopyListException(SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, bit));
    }
}
