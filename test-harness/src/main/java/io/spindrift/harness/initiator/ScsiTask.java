package io.spindrift.harness.initiator;

import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * One SCSI command on its way: made by the caller, given to {@link InitiatorSession#submit}, told through {@code whenDone} on the
 * session's thread. It may be submitted again once it has ended.
 */
public final class ScsiTask {
    /** Status of a command that ended well (SAM-5 5.3). */
    public static final int GOOD = 0;

    /** Status not known: the connection ended first. */
    public static final int LOST = -1;

    private static final int CHECK_CONDITION = 2;

    private byte[] cdb;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private final Consumer<ScsiTask> whenDone;
    private int status = LOST;
    private int received;
    private byte[] sense = new byte[0];
    private long submittedNanos;
    private boolean ended;

    private ScsiTask(byte[] cdb, ByteBuffer out, ByteBuffer in, Consumer<ScsiTask> whenDone) {
        this.cdb = cdb;
        this.out = out;
        this.in = in;
        this.whenDone = whenDone;
    }

    /** A command that moves no data. */
    public static ScsiTask plain(byte[] cdb, Consumer<ScsiTask> whenDone) {
        return new ScsiTask(cdb, null, null, whenDone);
    }

    /** @param data sent from index 0 to its limit; must not change until the command ended */
    public static ScsiTask sending(byte[] cdb, ByteBuffer data, Consumer<ScsiTask> whenDone) {
        return new ScsiTask(cdb, data, null, whenDone);
    }

    /** @param data filled from index 0; its limit is what is asked for */
    public static ScsiTask receiving(byte[] cdb, ByteBuffer data, Consumer<ScsiTask> whenDone) {
        return new ScsiTask(cdb, null, data, whenDone);
    }

    /** Another command over the same buffer, before the next submit. */
    public ScsiTask command(byte[] newCdb) {
        cdb = newCdb;
        return this;
    }

    public int status() {
        return status;
    }

    public boolean good() {
        return status == GOOD;
    }

    /** Bytes that arrived. */
    public int received() {
        return received;
    }

    /** When it was submitted, by the wire's clock: {@code System.nanoTime()} over a socket. */
    public long submittedNanos() {
        return submittedNanos;
    }

    /** Status and sense in words a log can hold: {@code status 2, sense 3/11/00}. */
    public String outcome() {
        if (status == LOST) {
            return "connection lost";
        }
        if (status != CHECK_CONDITION || sense.length < 14) {
            return "status " + status;
        }
        return String.format("status %d, sense %x/%02x/%02x", status, sense[2] & 0x0f, sense[12] & 0xff, sense[13] & 0xff);
    }

    /** Sense key, or -1 where there is none. */
    public int senseKey() {
        return sense.length > 2 ? sense[2] & 0x0f : -1;
    }

    boolean ended() {
        return ended;
    }

    byte[] cdb() {
        return cdb;
    }

    ByteBuffer out() {
        return out;
    }

    ByteBuffer in() {
        return in;
    }

    int expectedLength() {
        return out != null ? out.limit() : in != null ? in.limit() : 0;
    }

    void begin(long nanos) {
        submittedNanos = nanos;
        status = LOST;
        ended = false;
        received = 0;
        sense = new byte[0];
    }

    /** Takes a Data-In's payload; false where it lies outside of what was asked for. */
    boolean arrived(int offset, ByteBuffer source, int length) {
        if (in == null || offset < 0 || offset + length > in.limit()) {
            return false;
        }
        in.put(offset, source, source.position(), length);
        received += length;
        return true;
    }

    void end(int endStatus, byte[] endSense) {
        status = endStatus;
        sense = endSense;
        ended = true;
        whenDone.accept(this);
    }
}
