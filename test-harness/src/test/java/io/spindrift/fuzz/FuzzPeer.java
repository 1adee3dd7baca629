package io.spindrift.fuzz;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * One connection to the server under test: counts what was sent as the server must see it, reads what comes back and holds it against the
 * standard. Made by {@link FuzzWorld#open}; on the world's thread.
 */
final class FuzzPeer extends ChannelInboundHandlerAdapter {
    /** Bytes that a login may take, and the longest PDU that can be under way when that is noticed. */
    private static final int MOST_LOGIN_BYTES = 64 * 1024 + PduSplitter.HEADER + 255 * 4 + 8192 + 4;
    private static final int LONGEST_BURST = 64 * 1024;
    private static final int LONGEST_PAIR = 48;
    private static final int NO_TAG = -1;
    private static final int PING_TAGS = 0x7e000000;

    private final Novelty novelty;
    private final PduSplitter sent = new PduSplitter(false, new PduSplitter.Sink() {
        @Override
        public void header(ByteBuffer header) {
            sending(header);
        }

        @Override
        public void pdu(ByteBuffer header, byte[] data, int dataLength) {
            wholeSent++;
        }
    });
    private final PduSplitter received = new PduSplitter(true, new PduSplitter.Sink() {
        @Override
        public void header(ByteBuffer header) { }

        @Override
        public void pdu(ByteBuffer header, byte[] data, int dataLength) {
            answer(header, data);
        }
    });
    private final Map<Integer, Asked> asked = new HashMap<>();
    private final ArrayDeque<R2t> r2ts = new ArrayDeque<>();
    private Channel channel;
    private boolean closed;
    private boolean loggedIn;
    private boolean refused;
    private boolean unsure;
    private final boolean[] digests = new boolean[2];
    private final ChapAnswer chap = new ChapAnswer();
    private long bytesSent;
    private int wholeSent;
    private int loginAnswers;
    private int cmdSn = 1;
    private int expCmdSn;
    private int maxCmdSn;
    private int statSn;
    private boolean numbered;
    private int tag;
    private int lastTag;
    private int textTag = NO_TAG;
    private int textTask;
    private int pings;
    private int lastPong;
    private ByteBuffer lastHeader;
    private byte[] lastData = new byte[0];
    private BiConsumer<ByteBuffer, byte[]> listener = (header, data) -> { };

    /** What a tag was used for: how often it went out, and a number for the command. */
    private static final class Asked {
        private int count;
        private int what;
    }

    private static final class R2t {
        private int task;
        private int transferTag;
        private int dataSn;
        private int offset;
        private int end;
    }

    FuzzPeer(Novelty novelty) {
        this.novelty = novelty;
    }

    void connected(Channel to) {
        channel = to;
    }

    boolean closed() {
        return closed;
    }

    boolean loggedIn() {
        return loggedIn;
    }

    boolean headerDigest() {
        return loggedIn && digests[0];
    }

    boolean dataDigest() {
        return loggedIn && digests[1];
    }

    /** The last PDU that came. */
    ByteBuffer lastHeader() {
        return lastHeader;
    }

    byte[] lastData() {
        return lastData;
    }

    /** Who hears of each PDU that comes. */
    void onAnswer(BiConsumer<ByteBuffer, byte[]> whom) {
        listener = whom;
    }

    // ---- what packets fill in ----

    int cmdSn() {
        return cmdSn;
    }

    int nextCmdSn() {
        return cmdSn++;
    }

    /** A session in which numbers were left out goes on with the one that the target waits for. */
    void catchUp() {
        if (loggedIn && (cmdSn - maxCmdSn > 1 || cmdSn - expCmdSn > 16)) {
            cmdSn = expCmdSn;
        }
    }

    int expStatSn() {
        return statSn;
    }

    int freshTag() {
        return ++tag;
    }

    /** A command goes out with the last fresh tag. */
    void commanded() {
        lastTag = tag;
    }

    int lastTag() {
        return lastTag;
    }

    /** {@code text} with the answer to the target's challenge where it has a place for one. */
    byte[] answerChallenge(byte[] text) {
        return chap.fill(text);
    }

    /** Whether the right answer to the target's challenge was sent. */
    boolean proved() {
        return chap.proved();
    }

    int textTask() {
        return textTask;
    }

    int textTag() {
        return textTag;
    }

    /** Lays out a Data-Out header for the oldest R2T; leaves it where there is none. @return its data */
    byte[] answerR2t(ByteBuffer head, byte[] pattern) {
        R2t r2t = r2ts.peek();
        if (r2t == null) {
            return pattern;
        }
        int length = Math.min(r2t.end - r2t.offset, LONGEST_BURST);
        boolean last = r2t.offset + length == r2t.end;
        head.put(1, (byte) (last ? 0x80 : 0)).putInt(16, r2t.task).putInt(20, r2t.transferTag).putInt(36, r2t.dataSn++).putInt(40, r2t.offset);
        r2t.offset += length;
        if (last) {
            r2ts.remove();
        }
        byte[] data = new byte[length];
        for (int i = 0; i < length && pattern.length > 0; i++) {
            data[i] = pattern[i % pattern.length];
        }
        return data;
    }

    // ---- sending ----

    /** Hands bytes to the server, as one read of its. */
    void send(byte[] bytes) {
        if (closed) {
            return;
        }
        bytesSent += bytes.length;
        sent.feed(bytes);
        if (!loggedIn) {
            chap.sent(bytes);
        }
        channel.writeAndFlush(channel.alloc().directBuffer(Math.max(1, bytes.length)).writeBytes(bytes));
    }

    private void sending(ByteBuffer header) {
        int opcode = header.get(0) & 0x3f;
        if (opcode != 5) {
            Asked entry = asked.computeIfAbsent(header.getInt(16), key -> new Asked());
            entry.count++;
            entry.what = opcode == 1 ? 0x100 | header.get(32) & 0xff : opcode;
        }
        if (opcode == 1) {
            lastTag = header.getInt(16);
        }
    }

    /** Whether the server stands at the beginning of a PDU, so that what comes next is read as one. */
    boolean speakable() {
        return !closed && loggedIn && sent.aligned() && !unsure;
    }

    /** A ping; {@link #ponged} tells whether it was answered. */
    void ping() {
        byte[] head = new byte[PduSplitter.HEADER];
        head[0] = 0x40;
        head[1] = (byte) 0x80;
        ByteBuffer.wrap(head).putInt(16, PING_TAGS + ++pings).putInt(20, NO_TAG).putInt(24, cmdSn).putInt(28, statSn);
        send(Packet.of(head, new byte[0], Packet.FRAME).encode(this));
    }

    boolean ponged() {
        return lastPong == pings;
    }

    /** What is wrong with the silence of a connection that has not logged in; null for nothing. */
    String unanswered() {
        if (closed || loggedIn) {
            return null;
        }
        if (bytesSent > MOST_LOGIN_BYTES) {
            return bytesSent + " bytes were taken of a peer that has not logged in";
        }
        return loginAnswers < wholeSent ? "a login request was neither answered nor was its connection closed" : null;
    }

    // ---- receiving ----

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        byte[] bytes = ByteBufUtil.getBytes(in);
        in.release();
        received.feed(bytes);
        if (received.wrong() != null) {
            throw new FuzzFailure("the target sent " + received.wrong());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        closed = true;
        novelty.note(loggedIn ? 11 : 12, wholeSent == 0 ? 0 : 1, refused ? 1 : 0);
    }

    private void answer(ByteBuffer header, byte[] data) {
        lastHeader = header;
        lastData = data;
        listener.accept(header, data);
        if (PoisonedAllocator.shows(data) || PoisonedAllocator.shows(header.array())) {
            throw new FuzzFailure("memory that nobody wrote is shown to a peer");
        }
        int opcode = header.get(0) & 0xff;
        if (!loggedIn) {
            loginAnswer(header, data, opcode);
            return;
        }
        switch (opcode) {
            case 0x20 -> nopIn(header);
            case 0x21 -> ended(header, data, true);
            case 0x22, 0x24, 0x26 -> ended(header, data, true);
            case 0x25 -> ended(header, data, (header.get(1) & 1) != 0);
            case 0x31 -> r2t(header);
            case 0x32 -> novelty.note(0x32, header.get(36), 0);
            case 0x3f -> novelty.note(0x3f, header.get(2), data.length == 0 ? -1 : data[0] & 0x3f);
            default -> throw new FuzzFailure("the target sent a PDU of opcode " + Integer.toHexString(opcode));
        }
        numbers(header, opcode);
    }

    private void loginAnswer(ByteBuffer header, byte[] data, int opcode) {
        if (opcode != 0x23 || refused) {
            throw new FuzzFailure("a login is answered with opcode " + Integer.toHexString(opcode) + (refused ? " after it was refused" : ""));
        }
        loginAnswers++;
        int status = header.getShort(36);
        novelty.note(0x23, status, header.get(1));
        if (status != 0) {
            refused = true;
            return;
        }
        if (numbered && header.getInt(24) != statSn) {
            throw new FuzzFailure("StatSN " + header.getInt(24) + " in a login, not " + statSn);
        }
        numbered = true;
        statSn = header.getInt(24) + 1;
        loginKeys(data);
        if ((header.get(1) & 0x83) == 0x83) {
            loggedIn = true;
            cmdSn = header.getInt(28);
            expCmdSn = cmdSn;
            maxCmdSn = header.getInt(32);
            unsure = (digests[0] || digests[1]) && !(sent.aligned() && wholeSent == loginAnswers);
            sent.digests(digests[0], digests[1]);
            received.digests(digests[0], digests[1]);
        }
    }

    private void loginKeys(byte[] data) {
        for (String pair : new String(data, StandardCharsets.UTF_8).split("\0")) {
            int equals = pair.indexOf('=');
            String key = equals < 0 ? pair : pair.substring(0, equals);
            if (key.equals("HeaderDigest") || key.equals("DataDigest")) {
                digests[key.equals("DataDigest") ? 1 : 0] = pair.endsWith("=CRC32C");
            }
            chap.heard(key, pair.substring(equals + 1));
            boolean known = !key.startsWith("k") && !key.startsWith("X-") && !key.startsWith("CHAP_");
            novelty.note(0x123, known ? key.hashCode() : 0, known ? Novelty.kind(pair, 0, Math.min(pair.length(), LONGEST_PAIR)) : 0);
        }
    }

    private void nopIn(ByteBuffer header) {
        int task = header.getInt(16);
        if (task != NO_TAG) {
            forget(task, 0x20);
            if (task > PING_TAGS && task - PING_TAGS <= pings) {
                lastPong = task - PING_TAGS;
            }
        }
    }

    private void ended(ByteBuffer header, byte[] data, boolean last) {
        int opcode = header.get(0) & 0x3f;
        int sense = opcode == 0x21 && data.length >= 16 ? ByteBuffer.wrap(data).getShort(14) & 0xffff : 0;
        Asked entry = asked.get(header.getInt(16));
        novelty.note(opcode << 16 | (entry == null ? 0 : entry.what), (header.get(2) & 0xff) << 8 | header.get(3) & 0xff, sense);
        if (opcode == 0x24) {
            textTag = header.getInt(20);
            textTask = header.getInt(16);
        }
        if (last) {
            forget(header.getInt(16), opcode);
        } else if (entry == null) {
            throw new FuzzFailure("data for a task that nobody sent");
        }
    }

    /** A tag is answered no more often than it was sent. */
    private void forget(int task, int opcode) {
        Asked entry = asked.get(task);
        if (entry == null) {
            throw new FuzzFailure("opcode " + Integer.toHexString(opcode) + " answers tag " + task + ", which was not sent, or answered before");
        }
        if (--entry.count == 0) {
            asked.remove(task);
        }
    }

    private void r2t(ByteBuffer header) {
        if (!asked.containsKey(header.getInt(16)) || header.getInt(44) <= 0 || header.getInt(40) < 0) {
            throw new FuzzFailure("an R2T for " + header.getInt(44) + " bytes at " + header.getInt(40) + " of task " + header.getInt(16));
        }
        R2t r2t = new R2t();
        r2t.task = header.getInt(16);
        r2t.transferTag = header.getInt(20);
        r2t.offset = header.getInt(40);
        r2t.end = r2t.offset + header.getInt(44);
        r2ts.add(r2t);
        novelty.note(0x31, Math.min(r2ts.size(), 8), 0);
    }

    /** StatSN rises by one with each PDU that has a number of its own; the window never shrinks. */
    private void numbers(ByteBuffer header, int opcode) {
        boolean ofItsOwn = opcode == 0x25 ? (header.get(1) & 1) != 0 : opcode != 0x31 && !(opcode == 0x20 && header.getInt(16) == NO_TAG);
        if (opcode != 0x25 || ofItsOwn) {
            if (header.getInt(24) != statSn) {
                throw new FuzzFailure("StatSN " + header.getInt(24) + " in opcode " + Integer.toHexString(opcode) + ", not " + statSn);
            }
            statSn += ofItsOwn ? 1 : 0;
        }
        if (header.getInt(28) - expCmdSn < 0 || header.getInt(32) - maxCmdSn < 0) {
            throw new FuzzFailure("the command window went back: ExpCmdSN " + expCmdSn + " to " + header.getInt(28) + ", MaxCmdSN " + maxCmdSn
                + " to " + header.getInt(32));
        }
        expCmdSn = header.getInt(28);
        maxCmdSn = header.getInt(32);
    }
}
