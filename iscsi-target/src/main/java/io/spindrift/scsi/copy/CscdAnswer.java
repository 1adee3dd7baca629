package io.spindrift.scsi.copy;

import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;

/**
 * What a copy source or destination ("CSCD", SPC-4 3.1.34) answered when it did not do its part.
 *
 * @param reached false where it did not answer at all; then the rest means nothing
 * @param status the status code (SAM-6 5.3.1)
 * @param sense its sense; null where the status carries none
 */
public record CscdAnswer(boolean reached, byte status, SenseData sense) {
    private static final byte CHECK_CONDITION = 0x02;

    /** There is no such unit for this initiator. */
    public static final CscdAnswer UNREACHABLE = new CscdAnswer(false, (byte) 0, null);

    /** Another status than CHECK CONDITION. */
    public static CscdAnswer of(byte status) {
        return new CscdAnswer(true, status, null);
    }

    public static CscdAnswer of(SenseData sense) {
        return new CscdAnswer(true, CHECK_CONDITION, sense);
    }

    public static CscdAnswer of(AdditionalSense sense) {
        return of(SenseData.of(sense));
    }

    /** The status, then the sense in fixed format. */
    byte[] bytes() {
        byte[] encoded = sense == null ? new byte[0] : sense.encode(false);
        byte[] bytes = new byte[1 + encoded.length];
        bytes[0] = status;
        System.arraycopy(encoded, 0, bytes, 1, encoded.length);
        return bytes;
    }
}
