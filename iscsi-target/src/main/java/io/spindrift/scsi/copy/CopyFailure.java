package io.spindrift.scsi.copy;

import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;

/**
 * Why a copy stopped at a segment: COPY ABORTED with where and by whom (SPC-4 6.4.3, errors detected during processing of segment
 * descriptors). Errors of the parameter list itself are plain sense. Immutable.
 *
 * @param sense one of sense key COPY ABORTED
 * @param segment the segment's number
 * @param field the byte of its descriptor that is wrong; {@link #NO_FIELD} for none
 * @param source what the copy source answered; null where it was not at fault
 * @param destination what the copy destination answered; null where it was not at fault
 */
record CopyFailure(AdditionalSense sense, int segment, int field, Answer source, Answer destination) {
    static final int NO_FIELD = -1;
    private static final int FIXED_LENGTH = 18;
    private static final int SKSV_AND_SD = 0xA0;
    private static final int FROM_SOURCE = 1;
    private static final int FROM_DESTINATION = 2;
    private static final byte[] NOTHING = new byte[0];

    /**
     * What a copy source or destination ("CSCD", SPC-4 3.1.34) answered when it did not do its part.
     *
     * @param status the status code (SAM-6 5.3.1)
     * @param sense its sense data; null where the status carries none
     */
    record Answer(byte status, byte[] sense) {
        /** The status, then the sense: how it is passed on. */
        byte[] bytes() {
            byte[] bytes = new byte[1 + (sense == null ? 0 : sense.length)];
            bytes[0] = status;
            if (sense != null) {
                System.arraycopy(sense, 0, bytes, 1, sense.length);
            }
            return bytes;
        }
    }

    static CopyFailure at(AdditionalSense sense, int segment, int field) {
        return new CopyFailure(sense, segment, field, null, null);
    }

    static CopyFailure ofSource(int segment, Answer answer) {
        return new CopyFailure(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, segment, NO_FIELD, answer, null);
    }

    static CopyFailure ofDestination(int segment, Answer answer) {
        return new CopyFailure(AdditionalSense.THIRD_PARTY_DEVICE_FAILURE, segment, NO_FIELD, null, answer);
    }

    byte[] encode(boolean descriptor) {
        return descriptor ? descriptorFormat() : fixedFormat();
    }

    /** COMMAND-SPECIFIC INFORMATION: where the source's and the destination's answers begin (0 for none), and the segment. */
    private byte[] fixedFormat() {
        byte[] fromSource = source == null ? NOTHING : source.bytes();
        byte[] fromDestination = destination == null ? NOTHING : destination.bytes();
        ParameterData bytes = new ParameterData()
                .u8(0x70).u8(0).u8(sense.key()).u32(0)
                .u8(FIXED_LENGTH - 8 + fromSource.length + fromDestination.length)
                .u8(source == null ? 0 : FIXED_LENGTH)
                .u8(destination == null ? 0 : FIXED_LENGTH + fromSource.length)
                .u16(segment)
                .u8(sense.code()).u8(sense.qualifier()).u8(0);
        segmentPointer(bytes);
        return bytes.bytes(fromSource).bytes(fromDestination).toBytes();
    }

    /** A command-specific information descriptor (01h), a sense key specific one (02h), and the answers as forwarded sense (0Ch). */
    private byte[] descriptorFormat() {
        ParameterData list = new ParameterData().u8(0x01).u8(0x0A).u16(0).u64(segment);
        if (field != NO_FIELD) {
            list.u8(0x02).u8(0x06).u16(0);
            segmentPointer(list);
            list.u8(0);
        }
        forwarded(list, FROM_SOURCE, source);
        forwarded(list, FROM_DESTINATION, destination);
        byte[] descriptors = list.toBytes();
        return new ParameterData()
                .u8(0x72).u8(sense.key()).u8(sense.code()).u8(sense.qualifier()).u8(0).u16(0).u8(descriptors.length)
                .bytes(descriptors)
                .toBytes();
    }

    /** SKSV, SD = 1 (the field is one of the segment descriptor), no bit; then its number. */
    private void segmentPointer(ParameterData bytes) {
        bytes.u8(field == NO_FIELD ? 0 : SKSV_AND_SD).u16(field == NO_FIELD ? 0 : field);
    }

    private static void forwarded(ParameterData list, int from, Answer answer) {
        if (answer != null) {
            byte[] bytes = answer.bytes();
            list.u8(0x0C).u8(1 + bytes.length).u8(from).bytes(bytes);
        }
    }
}
