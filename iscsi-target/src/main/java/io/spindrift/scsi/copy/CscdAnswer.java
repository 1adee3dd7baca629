package io.spindrift.scsi.copy;

/**
 * What a copy source or destination ("CSCD", SPC-4 3.1.34) answered when it did not do its part.
 *
 * @param status the status code (SAM-6 5.3.1)
 * @param sense its sense data; null where the status carries none
 */
record CscdAnswer(byte status, byte[] sense) {
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
