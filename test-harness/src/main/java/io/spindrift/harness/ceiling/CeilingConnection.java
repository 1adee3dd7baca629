package io.spindrift.harness.ceiling;

import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;

/** One connection: reads what is there, answers all of it, writes once. On the target's thread; ends with its channel. */
final class CeilingConnection {
    private static final int HEADER = 48;
    private static final int RECEIVE_BYTES = 2 << 20;
    private static final int ARENA_BYTES = 512 << 10;
    private static final int WINDOW = 1024;
    private static final int MOST_TRANSFER = 256 << 10;
    private static final int FINAL = 0x80;
    private static final int STATUS_WITH_DATA = 0x01;
    private static final int UNDERFLOW = 0x02;
    private static final byte[] SECURITY = "AuthMethod=None\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] OPERATIONAL = String.join("\0", "TargetPortalGroupTag=1", "HeaderDigest=None", "DataDigest=None", "InitialR2T=No",
            "ImmediateData=Yes", "MaxBurstLength=1048576", "FirstBurstLength=262144", "MaxRecvDataSegmentLength=1048576", "MaxConnections=1",
            "DefaultTime2Wait=0", "DefaultTime2Retain=0", "MaxOutstandingR2T=1", "ErrorRecoveryLevel=0", "DataPDUInOrder=Yes", "DataSequenceInOrder=Yes",
            "").getBytes(StandardCharsets.US_ASCII);

    private final SocketChannel channel;
    private final ByteBuffer disk;
    private final ByteBuffer received = ByteBuffer.allocateDirect(RECEIVE_BYTES);
    /** Headers and small data of what is to be sent, enough for a window of commands; used again when all has gone. */
    private final ByteBuffer arena = ByteBuffer.allocateDirect(ARENA_BYTES);
    private final ArrayDeque<ByteBuffer> sending = new ArrayDeque<>();
    private int arenaSent;
    private int statSn;

    CeilingConnection(SocketChannel channel, ByteBuffer disk) {
        this.channel = channel;
        this.disk = disk;
    }

    void turn(SelectionKey key) throws IOException {
        if (sending.isEmpty()) {
            if (channel.read(received) < 0) {
                throw new EOFException();
            }
            received.flip();
            boolean more = true;
            while (more && received.remaining() >= HEADER) {
                more = pdu();
            }
            received.compact();
        }
        send();
        int wanted = sending.isEmpty() ? SelectionKey.OP_READ : SelectionKey.OP_WRITE;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    private void send() throws IOException {
        cutArena();
        if (!sending.isEmpty()) {
            channel.write(sending.toArray(ByteBuffer[]::new));
        }
        while (!sending.isEmpty() && !sending.peek().hasRemaining()) {
            sending.remove();
        }
        if (sending.isEmpty()) {
            arena.clear();
            arenaSent = 0;
        }
    }

    private void cutArena() {
        if (arena.position() > arenaSent) {
            sending.add(arena.slice(arenaSent, arena.position() - arenaSent));
            arenaSent = arena.position();
        }
    }

    /** @return false where the PDU is not whole yet */
    private boolean pdu() throws IOException {
        int at = received.position();
        int length = received.getInt(at + 4) & 0xffffff;
        int whole = HEADER + (length + 3 & ~3);
        if (received.remaining() < whole) {
            return false;
        }
        switch (received.get(at) & 0x3f) {
            case 0x01 -> command(at, length);
            case 0x03 -> login(at);
            case 0x06 -> header(at, 0x26, FINAL, 0);
            case 0x00 -> {
                header(at, 0x20, FINAL, 0);
                arena.putInt(arena.position() - HEADER + 20, -1);
            }
            default -> throw new ProtocolException("not for a ceiling");
        }
        received.position(at + whole);
        return true;
    }

    private void login(int at) {
        int flags = received.get(at + 1);
        byte[] text = (flags & 0x0c) == 0 ? SECURITY : OPERATIONAL;
        int answer = header(at, 0x23, flags & ((flags & FINAL) != 0 ? 0x8f : 0x0c), text.length);
        arena.put(answer + 8, received, at + 8, 6).putShort(answer + 14, (short) 1);
        arena.putInt(answer + 28, received.getInt(at + 24));
        put(text);
    }

    private void put(byte[] data) {
        arena.put(data);
        arena.position(arena.position() + (-data.length & 3));
    }

    /** Begins an answer in the arena. @return where */
    private int header(int at, int opcode, int flags, int length) {
        int answer = arena.position();
        for (int i = 0; i < HEADER; i += Long.BYTES) {
            arena.putLong(0);
        }
        int cmdSn = received.getInt(at + 24);
        arena.put(answer, (byte) opcode).put(answer + 1, (byte) flags).putInt(answer + 4, length).putInt(answer + 16, received.getInt(at + 16));
        arena.putInt(answer + 24, statSn++).putInt(answer + 28, cmdSn + 1).putInt(answer + 32, cmdSn + WINDOW);
        return answer;
    }

    private void command(int at, int immediate) throws ProtocolException {
        int cdb = at + 32;
        switch (received.get(cdb) & 0xff) {
            case 0x88 -> {
                int offset = offset(cdb);
                dataIn(at, transfer(cdb, offset), null, offset);
            }
            case 0x8a -> {
                int offset = offset(cdb);
                if (transfer(cdb, offset) != immediate) {
                    throw new ProtocolException("a write must come with its data");
                }
                disk.put(offset, received, at + HEADER, immediate);
                header(at, 0x21, FINAL, 0);
            }
            case 0x12 -> dataIn(at, 36, inquiry(), 0);
            case 0x9e -> dataIn(at, 32, ByteBuffer.allocate(32).putLong(disk.capacity() / 512 - 1).putInt(512).array(), 0);
            case 0xa0 -> dataIn(at, 16, ByteBuffer.allocate(16).putInt(8).array(), 0);
            default -> header(at, 0x21, FINAL, 0);
        }
    }

    private int offset(int cdb) throws ProtocolException {
        long offset = received.getLong(cdb + 2) * 512;
        if (offset < 0 || offset >= disk.capacity()) {
            throw new ProtocolException("beyond the disk");
        }
        return (int) offset;
    }

    private int transfer(int cdb, int offset) throws ProtocolException {
        long bytes = (received.getInt(cdb + 10) & 0xffffffffL) * 512;
        if (bytes > MOST_TRANSFER || bytes > disk.capacity() - offset) {
            throw new ProtocolException("too long");
        }
        return (int) bytes;
    }

    private static byte[] inquiry() {
        byte[] data = new byte[36];
        data[2] = 5;
        data[3] = 2;
        data[4] = 31;
        System.arraycopy("SPNDRFT CEILING         0001".getBytes(StandardCharsets.US_ASCII), 0, data, 8, 28);
        return data;
    }

    /** @param data null: that of the disk, which is sent from where it lies */
    private void dataIn(int at, int length, byte[] data, int offset) {
        int wanted = received.getInt(at + 20);
        int sent = Math.min(length, wanted);
        int answer = header(at, 0x25, FINAL | STATUS_WITH_DATA | (sent < wanted ? UNDERFLOW : 0), sent);
        arena.putInt(answer + 20, -1).putInt(answer + 44, wanted - sent);
        if (data == null) {
            cutArena();
            sending.add(disk.slice(offset, sent));
        } else {
            put(Arrays.copyOf(data, sent));
        }
    }
}
