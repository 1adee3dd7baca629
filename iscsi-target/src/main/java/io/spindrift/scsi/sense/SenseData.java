package io.spindrift.scsi.sense;

import java.nio.ByteBuffer;

/**
 * One report of sense, before it is laid out. Immutable; made where a command fails, which is off the data path.
 *
 * @param sense what happened
 * @param information the INFORMATION field (SPC-5 4.4.4), usually an LBA; {@link #NONE} for none
 * @param field the byte of the CDB or of the parameter list that is wrong; {@link #NONE} for none
 * @param bit the most significant wrong bit in that byte, 0 to 7; {@link #NONE} where the whole byte is meant; of no matter outside where {@code field} is a
 *     progress
 */
public record SenseData(AdditionalSense sense, long information, int field, int bit) {
    public static final int NONE = -1;
    private static final int PROGRESS = -2;
    private static final int FIXED_LENGTH = 18;

    public static SenseData of(AdditionalSense sense) {
        return new SenseData(sense, NONE, NONE, NONE);
    }

    public static SenseData at(AdditionalSense sense, long lba) {
        return new SenseData(sense, lba, NONE, NONE);
    }

    /** @param progress how far an operation is, 0 to FFFFh (SPC-5 4.4.2.4.4) */
    public static SenseData progress(AdditionalSense sense, int progress) {
        return new SenseData(sense, NONE, progress, PROGRESS);
    }

    public static SenseData field(AdditionalSense sense, int field, int bit) {
        return new SenseData(sense, NONE, field, bit);
    }

    /** @param descriptor descriptor format (D_SENSE or DESC is 1), else fixed format. */
    public byte[] encode(boolean descriptor) {
        return descriptor ? descriptorFormat() : fixedFormat();
    }

    /** SPC-5 4.4.3: response code 70h, 18 bytes. An LBA that needs more than 32 bits can't be told: VALID stays 0. */
    private byte[] fixedFormat() {
        byte[] bytes = new byte[FIXED_LENGTH];
        bytes[0] = 0x70;
        if (information != NONE && information >>> 32 == 0) {
            bytes[0] |= (byte) 0x80;
            ByteBuffer.wrap(bytes).putInt(3, (int) information);
        }
        bytes[2] = sense.key();
        bytes[7] = FIXED_LENGTH - 8;
        bytes[12] = sense.code();
        bytes[13] = sense.qualifier();
        if (field != NONE) {
            putFieldPointer(bytes, 15);
        }
        return bytes;
    }

    /** SPC-5 4.4.2: response code 72h, an information descriptor (00h) and a sense key specific one (02h) where there is one. */
    private byte[] descriptorFormat() {
        int additional = (information != NONE ? 12 : 0) + (field != NONE ? 8 : 0);
        ByteBuffer bytes = ByteBuffer.allocate(8 + additional);
        bytes.put((byte) 0x72).put(sense.key()).put(sense.code()).put(sense.qualifier());
        bytes.put(7, (byte) additional).position(8);
        if (information != NONE) {
            bytes.put((byte) 0x00).put((byte) 0x0A).put((byte) 0x80).put((byte) 0).putLong(information);
        }
        if (field != NONE) {
            bytes.put((byte) 0x02).put((byte) 0x06);
            putFieldPointer(bytes.array(), bytes.position() + 2);
        }
        return bytes.array();
    }

    /** SPC-5 4.4.2.4.2: SKSV, C/D (1 in the CDB), BPV and the bit, then the byte's number. */
    private void putFieldPointer(byte[] bytes, int at) {
        boolean inCdb = sense != AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST;
        bytes[at] = (byte) (bit == PROGRESS ? 0x80 : 0x80 | (inCdb ? 0x40 : 0) | (bit != NONE ? 0x08 | bit : 0));
        bytes[at + 1] = (byte) (field >>> 8);
        bytes[at + 2] = (byte) field;
    }
}
