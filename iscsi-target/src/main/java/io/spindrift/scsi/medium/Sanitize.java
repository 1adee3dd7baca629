package io.spindrift.scsi.medium;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.block.Readiness;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.media.MediaPart;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.Gate;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.Opcode;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sanitize operation of a unit (SBC-4 4.11): every block is overwritten or deallocated and made durable, while all commands but those that tell about the unit
 * are refused. Commands that were under way end first. Neither an abort nor a reset stops it; it is remembered in the unit's store, and one that the end of
 * the daemon interrupted, or that had failed by then, begins again. One that failed leaves the unit refusing until another succeeds or, where AUSE allowed it, the failure mode is left.
 *
 * <p>It reaches what the unit presents. Snapshots, clones and copies of the image are other disks and keep what they hold.
 *
 * <p>Made with the unit; lives on the home loop.
 */
final class Sanitize implements Gate, Completion {
    private static final Logger LOG = LoggerFactory.getLogger(Sanitize.class);
    private static final String KEPT = "sanitize";
    private static final byte KEPT_VERSION = 1;
    private static final int PIECE_BYTES = 1 << 20;
    private static final int MOST_IN_FLIGHT = 4;
    private static final long ROOM_POLL_MS = 20;
    private static final int FULL_PROGRESS = 0xFFFF;
    private static final int MAINTENANCE_IN = 0xA3;
    private static final int LOG_SENSE = 0x4D;
    private static final int SANITIZE = 0x48;

    /** Stands for a claim until it is returned. */
    private static final MediaPart.Claim ASKED = () -> { };

    private enum State { IDLE, RUNNING, FAILED }

    /**
     * @param action the service action
     * @param mayExit AUSE: a failure may be left without another operation
     * @param pattern what an overwrite repeats in each block, 1 byte to a block; empty for an erase
     */
    record Request(int action, boolean mayExit, byte[] pattern) {}

    private final LogicalUnit unit;
    private final EventExecutor home;
    private final ByteBufAllocator allocator;
    private SpaceGauge gauge = SpaceGauge.NONE;
    private State state = State.IDLE;
    private Request request;
    /** Null where nobody waits for the end. */
    private ScsiCommand command;
    private MediaPart.Claim claim;
    private ByteBuf piece;
    private long next;
    private long completed;
    private int inFlight;
    private boolean pumping;
    private boolean flushing;
    private BlockFailure failure;

    Sanitize(LogicalUnit unit, EventExecutor home, ByteBufAllocator allocator) {
        this.unit = unit;
        this.home = home;
        this.allocator = allocator;
        byte[] kept = unit.store().load(KEPT);
        if (isKept(kept)) {
            close(kept);
        }
    }

    void watch(SpaceGauge spaceGauge) {
        gauge = spaceGauge;
    }

    private static boolean isKept(byte[] kept) {
        return kept != null && kept.length >= 3 && kept[0] == KEPT_VERSION;
    }

    /** An operation that was interrupted: the unit refuses from the first moment on. */
    private void close(byte[] kept) {
        request = new Request(kept[1], kept[2] != 0, Arrays.copyOfRange(kept, 3, kept.length));
        state(State.RUNNING, "it was interrupted");
        unit.close(this);
    }

    /** Goes on with an operation that waits for the medium. */
    void resume() {
        if (state == State.IDLE && isKept(unit.store().load(KEPT))) {
            close(unit.store().load(KEPT));
        }
        if (state == State.RUNNING && claim == null && unit.device().readiness() == Readiness.READY && unit.store().isSettled()) {
            claim();
        }
    }

    /** @param waiting the command that is answered at the end; null where it has been */
    void begin(Request newRequest, ScsiCommand waiting) {
        request = newRequest;
        command = waiting;
        if (state == State.IDLE) {
            unit.close(this);
        }
        state(State.RUNNING, "service action " + request.action);
        byte[] kept = new byte[3 + request.pattern.length];
        kept[0] = KEPT_VERSION;
        kept[1] = (byte) request.action;
        kept[2] = (byte) (request.mayExit ? 1 : 0);
        System.arraycopy(request.pattern, 0, kept, 3, request.pattern.length);
        keep(kept);
        claim();
    }

    private void keep(byte[] value) {
        unit.store().save(KEPT, value).whenComplete((saved, thrown) -> {
            if (thrown != null) {
                LOG.warn("LUN {}: how a sanitize operation stands can't be kept: {}", unit.number(), thrown.getMessage());
            }
        });
    }

    private void claim() {
        next = 0;
        completed = 0;
        failure = null;
        flushing = false;
        claim = ASKED;
        MediaPart.Claim granted = MediaPart.of(unit).claim(0, Long.MAX_VALUE, true, this::work);
        if (claim == ASKED) {
            claim = granted;
        } else {
            // A device that answers on the spot: it is over already.
            granted.release();
        }
    }

    private void work() {
        if (request.pattern.length > 0) {
            piece = pattern();
            pump();
        } else {
            inFlight++;
            next = unit.geometry().blockCount();
            unit.device().unmap(0, next, this);
        }
    }

    private ByteBuf pattern() {
        int length = unit.geometry().blockLength();
        byte[] block = new byte[length];
        for (int at = 0; at < length; at++) {
            block[at] = request.pattern[at % request.pattern.length];
        }
        ByteBuf filled = allocator.directBuffer(PIECE_BYTES, PIECE_BYTES);
        while (filled.isWritable(length)) {
            filled.writeBytes(block);
        }
        return filled;
    }

    /** The device may answer before its method returns, so it is a loop and not a recursion. */
    private void pump() {
        if (pumping) {
            return;
        }
        pumping = true;
        int pieceBlocks = PIECE_BYTES / unit.geometry().blockLength();
        while (hasMore() && inFlight < MOST_IN_FLIGHT && hasRoom()) {
            int blocks = (int) Math.min(pieceBlocks, unit.geometry().blockCount() - next);
            inFlight++;
            next += blocks;
            unit.device().write(next - blocks, blocks, piece, false, this);
        }
        pumping = false;
        if (inFlight == 0 && hasMore()) {
            home.schedule(this::pump, ROOM_POLL_MS, TimeUnit.MILLISECONDS);
        } else if (inFlight == 0) {
            settle();
        }
    }

    private boolean hasMore() {
        return failure == null && piece != null && next < unit.geometry().blockCount();
    }

    /** It is in no hurry: half of the journal stays for the rest of the host, and no threshold of space is reached for its sake. */
    private boolean hasRoom() {
        SpaceGauge.Space journal = gauge.read(SpaceGauge.Place.JOURNAL);
        return journal == null || journal.freeBytes() >= journal.usedBytes();
    }

    private void settle() {
        if (failure != null || flushing) {
            end();
            return;
        }
        flushing = true;
        inFlight++;
        unit.device().flush(this);
    }

    @Override
    public void done() {
        inFlight--;
        completed += PIECE_BYTES / unit.geometry().blockLength();
        pump();
    }

    @Override
    public void failed(BlockFailure why) {
        inFlight--;
        failure = why;
        pump();
    }

    private void end() {
        if (piece != null) {
            piece.release();
            piece = null;
        }
        MediaPart.Claim held = claim;
        claim = null;
        held.release();
        ScsiCommand waiting = command;
        command = null;
        if (failure == null) {
            state(State.IDLE, "it is done");
            unit.open(this);
            keep(new byte[0]);
        } else if (unit.device().readiness() == Readiness.READY) {
            state(State.FAILED, failure.name());
        } else {
            LOG.info("LUN {}: a sanitize operation waits for the medium: {}", unit.number(), failure);
        }
        if (waiting != null && failure == null) {
            unit.good(waiting);
        } else if (waiting != null) {
            unit.fail(waiting, AdditionalSense.SANITIZE_FAILED);
        }
    }

    /** @return false where the unit must stay as it is until another operation succeeds */
    boolean exitFailureMode() {
        if (state == State.FAILED && !request.mayExit) {
            return false;
        }
        if (state == State.FAILED) {
            state(State.IDLE, "its failure mode is left");
            unit.open(this);
            keep(new byte[0]);
        }
        return true;
    }

    /** @return whether this is the command that waits for the end; it does not any more */
    boolean forget(ScsiCommand waiting) {
        boolean mine = waiting != null && command == waiting;
        command = mine ? null : command;
        return mine;
    }

    @Override
    public int refuse(LogicalUnit refusing, Opcode entry, ScsiCommand refused) {
        boolean about = entry.is(Opcode.Trait.IGNORES_ATTENTION) || entry.code() == MAINTENANCE_IN || entry.code() == LOG_SENSE;
        if (about || state == State.IDLE || state == State.FAILED && entry.code() == SANITIZE) {
            return 0;
        }
        return refusing.fail(refused, sense());
    }

    @Override
    public SenseData sense() {
        if (state != State.RUNNING) {
            return SenseData.of(AdditionalSense.SANITIZE_FAILED);
        }
        long blocks = unit.geometry().blockCount();
        long progress = (long) (FULL_PROGRESS * Math.min(1.0, (double) completed / blocks));
        return SenseData.progress(AdditionalSense.SANITIZE_IN_PROGRESS, (int) progress);
    }

    private void state(State nextState, String reason) {
        LOG.info("LUN {}: sanitize {} -> {}: {}", unit.number(), state, nextState, reason);
        state = nextState;
    }
}
