package io.spindrift.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * Finds PDUs in a stream of bytes as RFC 7143 11.2 lays them out; an opinion of its own beside the target's reader. One for each direction of
 * a connection.
 */
final class PduSplitter {
    static final int HEADER = 48;
    private static final int LONGEST_KEPT = 1 << 24;

    /** Hears of each PDU twice: when its header is here, and when all of it is. */
    interface Sink {
        /** @param header without its digest, not to be kept */
        void header(ByteBuffer header);

        /** @param header without its digest; {@code data} without padding, empty where it is not kept */
        void pdu(ByteBuffer header, byte[] data, int dataLength);
    }

    private final boolean keepsData;
    private final Sink sink;
    private byte[] header = new byte[HEADER + 255 * 4 + 4];
    private int headerHave;
    private byte[] data = new byte[0];
    private long rest;
    private boolean inData;
    private int dataLength;
    private boolean headerDigest;
    private boolean dataDigest;
    private String wrong;

    PduSplitter(boolean keepsData, Sink sink) {
        this.keepsData = keepsData;
        this.sink = sink;
    }

    /** From the next PDU on. */
    void digests(boolean ofHeader, boolean ofData) {
        headerDigest = ofHeader;
        dataDigest = ofData;
    }

    /** Whether the bytes so far end with a whole PDU. */
    boolean aligned() {
        return headerHave == 0;
    }

    /** What is wrong with a digest, where data is kept; null for nothing. */
    String wrong() {
        return wrong;
    }

    void feed(byte[] bytes) {
        int at = 0;
        while (at < bytes.length) {
            at += inData ? takeData(bytes, at) : takeHeader(bytes, at);
        }
    }

    private int headerNeed() {
        if (headerHave < HEADER) {
            return HEADER;
        }
        return HEADER + (header[4] & 0xff) * 4 + (headerDigest ? 4 : 0);
    }

    private int takeHeader(byte[] bytes, int at) {
        int count = Math.min(headerNeed() - headerHave, bytes.length - at);
        System.arraycopy(bytes, at, header, headerHave, count);
        headerHave += count;
        if (headerHave == headerNeed()) {
            headerComplete();
        }
        return count;
    }

    private void headerComplete() {
        int length = HEADER + (header[4] & 0xff) * 4;
        if (headerDigest && keepsData && crc(header, length) != ByteBuffer.wrap(header).getInt(length)) {
            wrong = "a header digest that is wrong";
        }
        dataLength = ByteBuffer.wrap(header).getInt(4) & 0xffffff;
        rest = dataLength == 0 ? 0 : (dataLength + 3 & ~3) + (dataDigest ? 4 : 0);
        data = keepsData && rest <= LONGEST_KEPT ? new byte[(int) rest] : new byte[0];
        inData = true;
        sink.header(ByteBuffer.wrap(header, 0, length));
        if (rest == 0) {
            whole();
        }
    }

    private int takeData(byte[] bytes, int at) {
        int count = (int) Math.min(rest, bytes.length - at);
        if (data.length > 0) {
            System.arraycopy(bytes, at, data, (int) (data.length - rest), count);
        }
        rest -= count;
        if (rest == 0) {
            whole();
        }
        return count;
    }

    private void whole() {
        int padded = dataLength + 3 & ~3;
        if (dataDigest && data.length > 0 && crc(data, padded) != ByteBuffer.wrap(data).getInt(padded)) {
            wrong = "a data digest that is wrong";
        }
        int length = HEADER + (header[4] & 0xff) * 4;
        ByteBuffer of = ByteBuffer.wrap(Arrays.copyOf(header, length));
        headerHave = 0;
        inData = false;
        sink.pdu(of, data.length > 0 ? Arrays.copyOf(data, dataLength) : data, dataLength);
    }

    /** As it goes over the wire, read as a big-endian number. */
    static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return Integer.reverseBytes((int) crc.getValue());
    }
}
