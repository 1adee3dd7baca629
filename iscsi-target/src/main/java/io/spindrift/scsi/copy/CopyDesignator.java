package io.spindrift.scsi.copy;

import java.util.Arrays;

/**
 * A name of a logical unit as the Device Identification page gives it (SPC-4 7.8.6), short enough for an identification CSCD
 * descriptor. Immutable.
 */
public final class CopyDesignator {
    /** What fits into an identification CSCD descriptor. */
    public static final int MAX_LENGTH = 20;

    private final int codeSet;
    private final int type;
    private final byte[] bytes;

    /**
     * @param codeSet 1 binary, 2 ASCII, 3 UTF-8
     * @param type the DESIGNATOR TYPE; the association is that of a logical unit
     * @param bytes 1 to {@link #MAX_LENGTH} bytes, not changed any more
     */
    public CopyDesignator(int codeSet, int type, byte[] bytes) {
        if (bytes.length < 1 || bytes.length > MAX_LENGTH) {
            throw new IllegalArgumentException("a designator that can be named in a copy has 1 to " + MAX_LENGTH + " bytes, not " + bytes.length);
        }
        this.codeSet = codeSet;
        this.type = type;
        this.bytes = bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof CopyDesignator
                && ((CopyDesignator) other).codeSet == codeSet
                && ((CopyDesignator) other).type == type
                && Arrays.equals(((CopyDesignator) other).bytes, bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes) * 31 + type;
    }
}
