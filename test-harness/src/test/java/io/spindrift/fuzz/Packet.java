package io.spindrift.fuzz;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * One PDU of a {@link Script}: its bytes, and which of its fields are filled in at the moment it is sent, so that it means something in the
 * session it gets into. A field that a mutation has changed is filled in no more.
 *
 * @param header basic header segment and additional ones; shorter where it was cut
 * @param fixes a sum of the constants
 * @param mutated whether it is not as an initiator would have sent it
 */
record Packet(byte[] header, byte[] data, int fixes, boolean mutated) {
    /** DataSegmentLength is that of the data. */
    static final int LENGTH = 1;
    /** CmdSN is the session's next, ExpStatSN what was seen. */
    static final int NUMBERS = 2;
    /** The initiator task tag is a fresh one. */
    static final int TAG = 4;
    /** A Data-Out for the oldest R2T: both tags, DataSN, offset, F, and as much data as it asks for. */
    static final int BURST = 8;
    /** Both tags of the last text response. */
    static final int TEXT = 16;
    /** The referenced task is the last command. */
    static final int REFERENCE = 32;
    /** Data is padded. */
    static final int PADDING = 64;
    /** Digests follow where they were agreed. */
    static final int DIGESTS = 128;
    /** The initiator task tag of the last command: Data-Out that nobody asked for. */
    static final int LAST_TAG = 256;
    /** Where its text has CHAP_R=@, the answer to the target's challenge stands. */
    static final int CHAP = 512;
    static final int FRAME = LENGTH | PADDING | DIGESTS;
    static final int REQUEST = FRAME | NUMBERS | TAG;

    private static final HexFormat HEX = HexFormat.of();

    static Packet of(byte[] header, byte[] data, int fixes) {
        return new Packet(header, data, fixes, false);
    }

    Packet with(byte[] newHeader, byte[] newData, int newFixes) {
        return new Packet(newHeader, newData, newFixes, true);
    }

    boolean has(int fix) {
        return (fixes & fix) != 0;
    }

    /** Whether it takes up what the target has just said, so that it has to be heard first. */
    boolean answers() {
        return has(BURST | TEXT | CHAP);
    }

    int opcode() {
        return header.length == 0 ? -1 : header[0] & 0x3f;
    }

    /** The bytes that go out on {@code peer}'s connection now. */
    byte[] encode(FuzzPeer peer) {
        if (header.length < PduSplitter.HEADER) {
            return join(header, data, 0, 0);
        }
        ByteBuffer head = ByteBuffer.wrap(header.clone());
        byte[] body = data;
        if (has(NUMBERS)) {
            boolean immediate = (head.get(0) & 0x40) != 0;
            head.putInt(24, immediate ? peer.cmdSn() : peer.nextCmdSn()).putInt(28, peer.expStatSn());
        }
        if (has(TAG)) {
            head.putInt(16, peer.freshTag());
            if (opcode() == 1) {
                peer.commanded();
            }
        } else if (has(LAST_TAG)) {
            head.putInt(16, peer.lastTag());
        }
        if (has(REFERENCE)) {
            head.putInt(20, peer.lastTag()).putInt(32, peer.cmdSn() - 1);
        }
        if (has(TEXT)) {
            head.putInt(16, peer.textTask()).putInt(20, peer.textTag());
        }
        if (has(BURST)) {
            body = peer.answerR2t(head, data);
        }
        if (has(CHAP)) {
            body = peer.answerChallenge(data);
        }
        if (has(LENGTH)) {
            head.putInt(4, head.getInt(4) & 0xff000000 | body.length & 0xffffff);
        }
        return finish(head.array(), body, peer);
    }

    private byte[] finish(byte[] head, byte[] body, FuzzPeer peer) {
        int headTrailer = has(DIGESTS) && peer.headerDigest() ? 4 : 0;
        int padding = has(PADDING) ? -body.length & 3 : 0;
        int bodyTrailer = padding + (has(DIGESTS) && peer.dataDigest() && body.length > 0 ? 4 : 0);
        byte[] all = join(head, body, headTrailer, bodyTrailer);
        ByteBuffer out = ByteBuffer.wrap(all);
        if (headTrailer > 0) {
            out.putInt(head.length, PduSplitter.crc(head, head.length));
        }
        if (bodyTrailer > padding) {
            byte[] padded = Arrays.copyOf(body, body.length + padding);
            out.putInt(all.length - 4, PduSplitter.crc(padded, padded.length));
        }
        return all;
    }

    private static byte[] join(byte[] head, byte[] body, int afterHead, int afterBody) {
        byte[] all = Arrays.copyOf(head, head.length + afterHead + body.length + afterBody);
        System.arraycopy(body, 0, all, head.length + afterHead, body.length);
        return all;
    }

    String toLine() {
        return Integer.toHexString(fixes) + ' ' + (header.length == 0 ? "-" : HEX.formatHex(header)) + ' '
            + (data.length == 0 ? "-" : HEX.formatHex(data));
    }

    /** What comes from a file counts as nobody's mutation. */
    static Packet fromLine(String line) {
        String[] parts = line.split(" ");
        return of(bytes(parts[1]), bytes(parts[2]), Integer.parseInt(parts[0], 16));
    }

    private static byte[] bytes(String hex) {
        return hex.equals("-") ? new byte[0] : HEX.parseHex(hex);
    }
}
