package io.spindrift.scsi.reserve;

import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A TransportID of iSCSI (SPC-5 7.6.4.6), as it was read.
 *
 * @param name the initiator's name; with {@code ,i,0x} and 12 digits of its ISID where one port is meant
 * @param length the bytes it took
 */
record TransportId(String name, int length) {
    private static final int ISCSI = 0x5;
    private static final int HEADER_BYTES = 4;
    private static final int SHORTEST = 20;
    private static final int LONGEST_NAME = 223;
    private static final Pattern PORT = Pattern.compile("(.{1,223}),i,0x([0-9a-fA-F]{1,12})");

    /** Whether it names one initiator port, and not all those of an initiator. */
    boolean isPort() {
        return name.contains(",i,0x");
    }

    /** @return null where there is none at {@code at} that ends at {@code end} or before */
    static TransportId read(byte[] list, int at, int end) {
        if (end - at < HEADER_BYTES || (list[at] & 0x0F) != ISCSI) {
            return null;
        }
        int format = Cdb.u8(list, at) >>> 6;
        int length = Cdb.u16(list, at + 2);
        if (format > 1 || length < SHORTEST || length % 4 != 0 || length > end - at - HEADER_BYTES) {
            return null;
        }
        String text = text(list, at + HEADER_BYTES, length);
        String name = text == null || format == 0 ? text : port(text);
        boolean fine = name != null && (format == 1 || name.length() <= LONGEST_NAME && !name.contains(",i,"));
        return fine ? new TransportId(name, HEADER_BYTES + length) : null;
    }

    /** @return null where no zero ends it, or it is empty */
    private static String text(byte[] list, int from, int length) {
        int end = from;
        while (end < from + length && list[end] != 0) {
            end++;
        }
        return end == from || end == from + length ? null : new String(list, from, end - from, StandardCharsets.UTF_8);
    }

    private static String port(String text) {
        Matcher port = PORT.matcher(text);
        return port.matches() ? String.format("%s,i,0x%012x", port.group(1), Long.parseLong(port.group(2), 16)) : null;
    }

    /** Of one initiator port (FORMAT 01b). */
    static byte[] of(String initiatorPort) {
        byte[] name = initiatorPort.getBytes(StandardCharsets.UTF_8);
        int length = Math.max(SHORTEST, name.length + 4 - name.length % 4);
        return new ParameterData().u8(0x40 | ISCSI).u8(0).u16(length).bytes(name).zeros(length - name.length).toBytes();
    }
}
