package io.spindrift.scsi.data;

import java.util.Arrays;

/** A name of a logical unit, as the Device Identification page gives it and others may refer to it (SPC-5 7.7.6). Immutable. */
public final class Designator {
    public static final int BINARY = 1;
    public static final int ASCII = 2;
    public static final int T10_VENDOR_ID = 0x1;
    public static final int NAA = 0x3;
    public static final int UUID = 0xA;

    private final int codeSet;
    private final int type;
    private final byte[] bytes;

    /** @param bytes 1 to 255, not changed any more */
    public Designator(int codeSet, int type, byte[] bytes) {
        this.codeSet = codeSet;
        this.type = type;
        this.bytes = bytes;
    }

    public int codeSet() {
        return codeSet;
    }

    public int type() {
        return type;
    }

    /** Not to be changed. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Designator
                && ((Designator) other).codeSet == codeSet
                && ((Designator) other).type == type
                && Arrays.equals(((Designator) other).bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes) * 31 + type;
    }
}
