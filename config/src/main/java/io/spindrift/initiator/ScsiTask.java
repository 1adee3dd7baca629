package io.spindrift.initiator;

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
    private static final int BUSY = 8;
    private static final int TASK_SET_FULL = 0x28;
    private static final int UNIT_ATTENTION = 6;
    static final byte[] NO_SENSE = new byte[0];

    private byte[] cdb;
    private final ByteBuffer out;
    private final ByteBuffer in;
    private final Consumer<ScsiTask> whenDone;
    private int status = LOST;
    private int received;
    private byte[] sense = NO_SENSE;
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

    /** Whether the target only asked for patience (BUSY, TASK SET FULL) or had news for the nexus (unit attention): the same command may be sent again. */
    public boolean retryable() {
        return status == BUSY || status == TASK_SET_FULL || status == CHECK_CONDITION && senseKey() == UNIT_ATTENTION;
    }

    /** LOGICAL UNIT IS IN PROCESS OF BECOMING READY (SPC-4 table 53): to be asked again soon. */
    public boolean isBecomingReady() {
        return senseKey() == 2 && sense.length > 13 && sense[12] == 4 && sense[13] == 1;
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
        sense = NO_SENSE;
    }

    /** Whether a Data-In lies inside of what was asked for. */
    boolean asksFor(int offset, int length) {
        return in != null && offset >= 0 && length <= in.limit() - offset;
    }

    /** Takes a Data-In's payload, which {@link #asksFor} has accepted, from index {@code at} of {@code source}. */
    void arrived(int offset, ByteBuffer source, int at, int length) {
        in.put(offset, source, at, length);
        received += length;
    }

    /** Where such a payload is to be put directly; it counts as received. */
    ByteBuffer place(int offset, int length) {
        received += length;
        return in.slice(offset, length);
    }

    /** Ends a command that was answered but is not sent again, as lost. */
    public void giveUp() {
        end(LOST, NO_SENSE);
    }

    void end(int endStatus, byte[] endSense) {
        status = endStatus;
        sense = endSense;
        ended = true;
        whenDone.accept(this);
    }
}
