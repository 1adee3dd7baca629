package io.spindrift.initiator;

import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.LoginExchange;
import io.spindrift.initiator.login.LoginRefusedException;
import io.spindrift.initiator.login.Pdu;
import io.spindrift.initiator.login.SessionLimits;
import io.spindrift.initiator.login.TargetUrl;
import java.io.Closeable;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * One iSCSI session of one connection. Made by {@link #open}, used by the thread that made it, closed by it. When the connection
 * ends, {@link #poll} throws and every command under way ends as {@link ScsiTask#LOST} at {@link #close}; going on means a new session.
 */
public final class InitiatorSession implements Closeable {
    /** Commands that may be under way in a session. */
    public static final int SLOTS = 1024;

    private static final int MOST_MOVES = 4;

    private final Wire wire;
    private final long lunField;
    private final SessionLimits limits;
    private final ScsiTask[] tasks = new ScsiTask[SLOTS];
    private final int[] freeSlots = new int[SLOTS];
    private final Wire.Placement placement = this::place;
    private final ArrayDeque<ScsiTask> waiting = new ArrayDeque<>();
    private final ArrayDeque<DataOut> bursts = new ArrayDeque<>();
    private int free = SLOTS;
    private int underWay;
    private int cmdSn;
    private int maxCmdSn;
    private int expStatSn;
    private boolean loggedOut;
    private SocketLoop ownLoop;

    private InitiatorSession(Wire wire, LoginExchange login, TargetUrl url) {
        this.wire = wire;
        lunField = url.lunField();
        limits = login.limits();
        cmdSn = login.cmdSn();
        maxCmdSn = login.maxCmdSn();
        expStatSn = login.expStatSn();
        for (int slot = 0; slot < SLOTS; slot++) {
            freeSlots[slot] = SLOTS - 1 - slot;
        }
    }

    /** A session whose thread has no other. Follows a target that has moved. */
    public static InitiatorSession open(TargetUrl url, InitiatorSettings settings, LongSupplier nanos) throws IOException {
        SocketLoop own = SocketLoop.open(nanos);
        try {
            InitiatorSession session = open(url, settings, own);
            session.ownLoop = own;
            return session;
        } catch (IOException | RuntimeException e) {
            own.close();
            throw e;
        }
    }

    /** One of several sessions of a thread, which waits for all of them at {@code loop}. Follows a target that has moved. */
    public static InitiatorSession open(TargetUrl url, InitiatorSettings settings, SocketLoop loop) throws IOException {
        TargetUrl where = url;
        for (int moves = 0;; moves++) {
            try {
                return open(SocketWire.connect(where, loop, settings.timeoutMs()), where, settings);
            } catch (LoginRefusedException refused) {
                if (refused.elsewhere() == null || moves == MOST_MOVES) {
                    throw refused;
                }
                where = refused.elsewhere();
            }
        }
    }

    /** The same over a wire that is connected; it is closed with the session, also where the login fails. */
    public static InitiatorSession open(Wire wire, TargetUrl url, InitiatorSettings settings) throws IOException {
        try {
            LoginExchange login = new LoginExchange(settings, url);
            login.run(wire);
            return new InitiatorSession(wire, login, url);
        } catch (IOException | RuntimeException e) {
            wire.close();
            throw e;
        }
    }

    /** Commands submitted that have not ended. */
    public int inFlight() {
        return underWay + waiting.size();
    }

    /** How long the oldest command has been under way, in nanoseconds; 0 where there is none. */
    public long oldestNanos() {
        long now = wire.nanos();
        long oldest = waiting.isEmpty() ? 0 : now - waiting.peek().submittedNanos();
        for (ScsiTask task : tasks) {
            oldest = task == null ? oldest : Math.max(oldest, now - task.submittedNanos());
        }
        return oldest;
    }

    /** Takes a command; it goes out with the next {@link #poll}, as far as the target's command window is open. */
    public void submit(ScsiTask task) {
        task.begin(wire.nanos());
        waiting.add(task);
    }

    /** Sends what waits and tells what has ended; returns once something came, or after {@code waitMs}. */
    public void poll(long waitMs) throws IOException {
        send();
        if (drain() == 0) {
            wire.await(waitMs);
            drain();
        }
        send();
    }

    /**
     * Takes what has come and sends what waits, without waiting: for a thread that waits for several sessions at their {@link SocketLoop}, and calls this
     * for each of them after every wait and after submits.
     */
    public void exchange() throws IOException {
        drain();
        send();
        if (wire instanceof SocketWire socket) {
            socket.want(wire.unsent());
        }
    }

    /** Runs one command to its end. */
    public ScsiTask execute(ScsiTask task, long timeoutMs) throws IOException {
        long end = wire.nanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
        submit(task);
        while (!task.ended()) {
            long left = TimeUnit.NANOSECONDS.toMillis(end - wire.nanos());
            if (left <= 0) {
                throw new SocketTimeoutException("no answer to a command within " + timeoutMs + " ms");
            }
            poll(left);
        }
        return task;
    }

    private void send() throws IOException {
        while (!bursts.isEmpty() && bursts.peek().send(wire, expStatSn)) {
            bursts.remove();
        }
        while (!waiting.isEmpty() && bursts.isEmpty() && maxCmdSn - cmdSn >= 0 && free > 0 && sendCommand(waiting.peek())) {
            waiting.remove();
        }
        wire.flush();
    }

    private boolean sendCommand(ScsiTask task) throws IOException {
        ByteBuffer data = task.out();
        int length = data == null ? 0 : data.limit();
        int immediate = limits.immediateData() ? Math.min(length, Math.min(limits.firstBurst(), limits.maxSendSegment())) : 0;
        ByteBuffer pdu = wire.room(Wire.roomFor(immediate));
        if (pdu == null) {
            return false;
        }
        int unsolicited = limits.initialR2t() ? immediate : Math.min(length, limits.firstBurst());
        int slot = freeSlots[--free];
        tasks[slot] = task;
        underWay++;
        int direction = data != null ? 0x20 : task.in() != null ? 0x40 : 0;
        pdu.put((byte) Pdu.SCSI_COMMAND).put((byte) ((unsolicited == immediate ? Pdu.FINAL : 0) | direction | 1)).putShort((short) 0);
        pdu.putInt(immediate).putLong(lunField).putInt(slot).putInt(task.expectedLength());
        pdu.putInt(cmdSn++).putInt(expStatSn).put(task.cdb());
        if (immediate > 0) {
            wire.put(data, 0, immediate);
        }
        if (unsolicited > immediate) {
            DataOut burst = new DataOut(task, slot, Pdu.NO_TAG, lunField, limits.maxSendSegment(), immediate, unsolicited);
            if (!burst.send(wire, expStatSn)) {
                bursts.add(burst);
            }
        }
        return true;
    }

    private int drain() throws IOException {
        int total = 0;
        do {
            total += wire.fill();
            for (ByteBuffer pdu = wire.next(placement); pdu != null; pdu = wire.next(placement)) {
                take(pdu);
            }
        } while (wire.filled());
        return total;
    }

    private void take(ByteBuffer pdu) throws IOException {
        int opcode = pdu.get(0) & Pdu.OPCODE_MASK;
        if (pdu.getInt(32) - maxCmdSn > 0) {
            maxCmdSn = pdu.getInt(32);
        }
        switch (opcode) {
            case Pdu.DATA_IN -> dataIn(pdu);
            case Pdu.SCSI_RESPONSE -> response(pdu);
            case Pdu.R2T -> bursts.add(solicited(pdu));
            case Pdu.NOP_IN -> nopIn(pdu);
            case Pdu.ASYNC_MESSAGE -> announced(pdu);
            case Pdu.LOGOUT_RESPONSE -> loggedOut = true;
            case Pdu.REJECT -> throw new ProtocolException(String.format("rejected for reason %02x", pdu.get(2)));
            default -> throw new ProtocolException(String.format("PDU %02x in the full feature phase", opcode));
        }
    }

    /** What a target announces is the end of the connection, soon or now, but for news of a unit (RFC 7143 11.9.1). */
    private void announced(ByteBuffer pdu) throws IOException {
        if (pdu.get(36) != 0) {
            throw new IOException("the target announced event " + pdu.get(36));
        }
        expStatSn = pdu.getInt(24) + 1;
    }

    private ScsiTask taskOf(ByteBuffer pdu) throws ProtocolException {
        int slot = pdu.getInt(16);
        if (slot < 0 || slot >= SLOTS || tasks[slot] == null) {
            throw new ProtocolException("an answer to unknown task " + slot);
        }
        return tasks[slot];
    }

    /** Large data goes right into the buffer of the command that asked for it. */
    private ByteBuffer place(ByteBuffer pdu) throws ProtocolException {
        if ((pdu.get(0) & Pdu.OPCODE_MASK) != Pdu.DATA_IN) {
            return null;
        }
        return askedFor(pdu).place(pdu.getInt(40), Pdu.dataLength(pdu, 0));
    }

    private ScsiTask askedFor(ByteBuffer pdu) throws ProtocolException {
        ScsiTask task = taskOf(pdu);
        if (!task.asksFor(pdu.getInt(40), Pdu.dataLength(pdu, 0))) {
            throw new ProtocolException("data outside of what was asked for");
        }
        return task;
    }

    private void dataIn(ByteBuffer pdu) throws ProtocolException {
        int length = pdu.limit() - Pdu.HEADER_BYTES;
        if (length > 0) {
            askedFor(pdu).arrived(pdu.getInt(40), pdu, Pdu.HEADER_BYTES, length);
        }
        if ((pdu.get(1) & 1) != 0) {
            taskOf(pdu);
            expStatSn = pdu.getInt(24) + 1;
            end(pdu, pdu.get(3) & 0xff, ScsiTask.NO_SENSE);
        }
    }

    private void response(ByteBuffer pdu) throws ProtocolException {
        taskOf(pdu);
        expStatSn = pdu.getInt(24) + 1;
        int senseLength = pdu.limit() > Pdu.HEADER_BYTES + 2 ? pdu.getShort(Pdu.HEADER_BYTES) & 0xffff : 0;
        byte[] sense = ScsiTask.NO_SENSE;
        if (senseLength > 0) {
            sense = new byte[Math.min(senseLength, pdu.limit() - Pdu.HEADER_BYTES - 2)];
            pdu.get(Pdu.HEADER_BYTES + 2, sense);
        }
        // a response other than "completed at target" has no status that means anything (RFC 7143 11.4.3)
        end(pdu, pdu.get(2) == 0 ? pdu.get(3) & 0xff : 0x100 + pdu.get(2), sense);
    }

    private void end(ByteBuffer pdu, int status, byte[] sense) {
        int slot = pdu.getInt(16);
        ScsiTask task = tasks[slot];
        tasks[slot] = null;
        freeSlots[free++] = slot;
        underWay--;
        task.end(status, sense);
    }

    private DataOut solicited(ByteBuffer pdu) throws ProtocolException {
        ScsiTask task = taskOf(pdu);
        int offset = pdu.getInt(40);
        int length = pdu.getInt(44);
        if (task.out() == null || offset < 0 || length <= 0 || (long) offset + length > task.out().limit()) {
            throw new ProtocolException("R2T for " + length + " bytes at " + offset + " of a task that has fewer");
        }
        return new DataOut(task, pdu.getInt(16), pdu.getInt(20), lunField, limits.maxSendSegment(), offset, offset + length);
    }

    private void nopIn(ByteBuffer pdu) throws IOException {
        int targetTag = pdu.getInt(20);
        if (pdu.getInt(16) != Pdu.NO_TAG) {
            expStatSn = pdu.getInt(24) + 1;
        }
        if (targetTag == Pdu.NO_TAG) {
            return;
        }
        ByteBuffer out = wire.room(0);
        if (out == null) {
            throw new IOException("no room to answer a ping");
        }
        out.put((byte) (Pdu.NOP_OUT | Pdu.IMMEDIATE)).put((byte) Pdu.FINAL).putShort((short) 0).putInt(0).putLong(pdu.getLong(8));
        out.putInt(Pdu.NO_TAG).putInt(targetTag).putInt(cmdSn).putInt(expStatSn).putLong(0).putLong(0);
    }

    /** Ends the session as the standard asks, then closes. */
    public void logout(long timeoutMs) throws IOException {
        ByteBuffer out = wire.room(0);
        if (out != null) {
            out.put((byte) (Pdu.LOGOUT_REQUEST | Pdu.IMMEDIATE)).put((byte) Pdu.FINAL).putShort((short) 0).putInt(0).putLong(0);
            out.putInt(SLOTS).putInt(0).putInt(cmdSn).putInt(expStatSn).putLong(0).putLong(0);
            long end = wire.nanos() + TimeUnit.MILLISECONDS.toNanos(timeoutMs);
            while (!loggedOut && wire.nanos() - end < 0) {
                poll(Math.max(1, TimeUnit.NANOSECONDS.toMillis(end - wire.nanos())));
            }
        }
        close();
    }

    @Override
    public void close() throws IOException {
        wire.close();
        if (ownLoop != null) {
            ownLoop.close();
        }
        List<ScsiTask> lost = new ArrayList<>(waiting);
        waiting.clear();
        bursts.clear();
        for (int slot = 0; slot < SLOTS; slot++) {
            if (tasks[slot] != null) {
                lost.add(tasks[slot]);
                tasks[slot] = null;
                freeSlots[free++] = slot;
            }
        }
        underWay = 0;
        lost.forEach(task -> task.end(ScsiTask.LOST, ScsiTask.NO_SENSE));
    }
}
