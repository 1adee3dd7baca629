package io.spindrift.iscsi.pdu;

/** Serial number arithmetic over 32 bits (RFC 1982, RFC 7143 4.2.2.1). */
public final class SerialNumber {
    private SerialNumber() {}

    public static boolean before(int a, int b) {
        return a - b < 0;
    }

    /** Whether {@code value} lies in {@code [first, last]}. */
    public static boolean within(int value, int first, int last) {
        return value - first >= 0 && last - value >= 0;
    }
}
