package io.spindrift.iscsi;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;

/** An initiator that sends exactly what a test tells it, PDU by PDU, and blocks for the answers. */
final class RawInitiator implements AutoCloseable {
    static final String NAME = "iqn.2026-11.io.spindrift:tester";
    static final String OPERATIONAL = "HeaderDigest=None\0DataDigest=None\0InitialR2T=No\0ImmediateData=Yes\0MaxBurstLength=16384\0"
        + "FirstBurstLength=8192\0MaxOutstandingR2T=2\0MaxRecvDataSegmentLength=4096\0DefaultTime2Wait=0\0DefaultTime2Retain=0\0"
        + "ErrorRecoveryLevel=0\0MaxConnections=1\0";

    private final AutoCloseable closer;
    private final DataInputStream in;
    private final OutputStream out;
    int cmdSn = 100;
    /** Digests as they were agreed: to be set after the login. */
    boolean headerDigest;
    boolean dataDigest;

    RawInitiator(InputStream in, OutputStream out, AutoCloseable closer) {
        this.in = new DataInputStream(in);
        this.out = out;
        this.closer = closer;
    }

    static RawInitiator connect(SocketAddress address) throws IOException {
        Socket socket = new Socket();
        socket.setSoTimeout(20_000);
        socket.connect((InetSocketAddress) address);
        return new RawInitiator(socket.getInputStream(), socket.getOutputStream(), socket);
    }

    /** One received PDU. */
    record Pdu(ByteBuffer header, byte[] data) {
        int opcode() {
            return header.get(0) & 0x3f;
        }

        int flags() {
            return header.get(1) & 0xff;
        }

        int status() {
            return header.get(3) & 0xff;
        }

        int tag() {
            return header.getInt(16);
        }

        int at(int offset) {
            return header.getInt(offset);
        }

        Map<String, String> text() {
            Map<String, String> pairs = new LinkedHashMap<>();
            for (String pair : new String(data, StandardCharsets.UTF_8).split("\0")) {
                int equals = pair.indexOf('=');
                if (equals > 0) {
                    pairs.put(pair.substring(0, equals), pair.substring(equals + 1));
                }
            }
            return pairs;
        }
    }

    static ByteBuffer header(int opcode, int flags, int tag) {
        return ByteBuffer.allocate(48).put(0, (byte) opcode).put(1, (byte) flags).putInt(16, tag);
    }

    void send(ByteBuffer header, byte[] data) throws IOException {
        header.putInt(4, data.length & 0xffffff | (header.get(4) & 0xff) << 24);
        raw(pdu(header, data));
    }

    /** The bytes of a PDU with the digests that were agreed. */
    byte[] pdu(ByteBuffer header, byte[] data) {
        int padded = data.length + 3 & ~3;
        ByteBuffer whole = ByteBuffer.allocate(48 + padded + 8).order(ByteOrder.LITTLE_ENDIAN);
        whole.put(header.array(), 0, 48);
        if (headerDigest) {
            whole.putInt(crc(header.array()));
        }
        byte[] segment = Arrays.copyOf(data, padded);
        whole.put(segment);
        if (dataDigest && padded > 0) {
            whole.putInt(crc(segment));
        }
        return Arrays.copyOf(whole.array(), whole.position());
    }

    private static int crc(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }

    private void digest(boolean agreed, byte[] bytes) throws IOException {
        if (agreed && Integer.reverseBytes(in.readInt()) != crc(bytes)) {
            throw new IOException("a digest that is wrong");
        }
    }

    void raw(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    Pdu receive() throws IOException {
        byte[] header = new byte[48];
        in.readFully(header);
        digest(headerDigest, header);
        ByteBuffer buffer = ByteBuffer.wrap(header);
        int length = buffer.getInt(4) & 0xffffff;
        byte[] segment = new byte[length + 3 & ~3];
        in.readFully(segment);
        digest(dataDigest && length > 0, segment);
        return new Pdu(buffer, Arrays.copyOf(segment, length));
    }

    /** Skips what {@link #receive} doesn't know, such as a digest. */
    void skip(int bytes) throws IOException {
        in.skipNBytes(bytes);
    }

    /** Whether the peer closed without another byte. */
    boolean isClosed() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | java.net.SocketException e) {
            return true;
        }
    }

    /** Sends one login request and receives its answer. */
    Pdu login(int flags, int tsih, String text) throws IOException {
        ByteBuffer header = header(0x43, flags, 7);
        header.putLong(8, 0x4000_0137_0001_0000L | tsih).putInt(24, cmdSn).putInt(28, 1);
        send(header, text.getBytes(StandardCharsets.UTF_8));
        return receive();
    }

    Pdu loginTo(String target, String more) throws IOException {
        return login(0x87, 0, "InitiatorName=" + NAME + "\0TargetName=" + target + "\0SessionType=Normal\0" + OPERATIONAL + more);
    }

    ByteBuffer command(int flags, int tag, int expected, byte[] cdb) {
        ByteBuffer header = header(1, flags, tag).putInt(20, expected).putInt(24, cmdSn++);
        header.put(32, cdb);
        return header;
    }

    static byte[] cdb(int opcode, int lba, int blocks) {
        return ByteBuffer.allocate(10).put(0, (byte) opcode).putInt(2, lba).putShort(7, (short) blocks).array();
    }

    ByteBuffer read(int tag, int lba, int blocks) {
        return command(0xc1, tag, blocks * 512, cdb(0x28, lba, blocks));
    }

    ByteBuffer write(int flags, int tag, int lba, int blocks) {
        return command(0x21 | flags, tag, blocks * 512, cdb(0x2a, lba, blocks));
    }

    static ByteBuffer dataOut(int flags, int tag, int transferTag, int dataSn, int offset) {
        return header(5, flags, tag).putInt(20, transferTag).putInt(36, dataSn).putInt(40, offset);
    }

    ByteBuffer taskManagement(int function, int tag, int referenced, int refCmdSn) {
        return header(0x42, 0x80 | function, tag).putInt(20, referenced).putInt(24, cmdSn).putInt(32, refCmdSn);
    }

    @Override
    public void close() throws Exception {
        closer.close();
    }
}
