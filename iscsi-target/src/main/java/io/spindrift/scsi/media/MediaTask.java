package io.spindrift.scsi.media;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * A command that is using the device: one or more device requests, one after the other, as its {@link Step} says. Taken from the
 * {@link TaskPool} when the command begins and given back when it ends; lives on the target's home loop.
 *
 * <p>Long commands go in pieces. A device may answer before its method returns, so the pieces run in a loop and not by recursion.
 */
final class MediaTask implements Completion {
    /** What to do next: give the device one request with this task as its completion, or end the task. */
    interface Step {
        void next(MediaTask task);
    }

    MediaTask next;
    MediaTask previous;

    /** Where the command has got to, for its step. */
    long lba;
    long blocks;
    int piece;
    /** Counts the requests that were carried out. */
    int round;
    /** Data-In or a working piece; released with the task unless it became the command's. */
    ByteBuf buffer;

    private final TaskPool pool;
    private LogicalUnit unit;
    private ScsiCommand command;
    private Step step;
    private boolean stepping;
    private boolean stepAgain;
    private boolean aborted;
    private SenseData failure;
    private boolean ended;
    /** It is not used again: the device might still know it. */
    private boolean broken;

    MediaTask(TaskPool pool) {
        this.pool = pool;
    }

    void begin(LogicalUnit newUnit, ScsiCommand newCommand) {
        unit = newUnit;
        command = newCommand;
        lba = 0;
        blocks = 0;
        piece = 0;
        round = 0;
        buffer = null;
        aborted = false;
        failure = null;
        ended = false;
    }

    LogicalUnit unit() {
        return unit;
    }

    ScsiCommand command() {
        return command;
    }

    void start(Step first) {
        step = first;
        advance();
    }

    /** Gets a working buffer that lives as long as the task. */
    ByteBuf work(int bytes) {
        if (buffer == null) {
            buffer = pool.buffer(bytes);
        }
        return buffer;
    }

    /** Ends the command well. */
    void finish() {
        end(null);
    }

    /** Ends the command with the whole of {@link #buffer} as its Data-In. */
    void finishWithData(int bytes) {
        command.dataIn = buffer.writerIndex(buffer.writerIndex() + bytes);
        buffer = null;
        end(null);
    }

    /** Ends the command with CHECK CONDITION. */
    void fail(SenseData sense) {
        end(sense);
    }

    /** Asked by a step before each further piece. @return true where the command was aborted meanwhile, and has been ended */
    boolean stopped() {
        if (aborted) {
            end(SenseData.of(AdditionalSense.COMMAND_ABORTED));
        }
        return aborted;
    }

    @Override
    public void done() {
        if (broken) {
            return;
        }
        round++;
        advance();
    }

    @Override
    public void failed(BlockFailure blockFailure) {
        if (broken) {
            return;
        }
        end(senseOf(blockFailure, lba));
    }

    /**
     * @return true where the command had no effect and will have none; else it ends: now, where the request that runs could be taken back
     *     though others before it were carried out, or after that request
     */
    boolean abort() {
        aborted = true;
        if (unit.device().cancel(this)) {
            if (round == 0) {
                release();
                return true;
            }
            stopped();
        }
        return false;
    }

    private void advance() {
        if (stepping) {
            stepAgain = true;
            return;
        }
        stepping = true;
        do {
            stepAgain = false;
            takeStep();
        } while (stepAgain && !ended);
        stepping = false;
        if (ended) {
            complete();
        }
    }

    /** A device that throws has a defect and has not taken the request: the command ends, so that nobody waits for it for ever. */
    private void takeStep() {
        try {
            step.next(this);
        } catch (RuntimeException defect) {
            broken = true;
            unit.broken(defect);
            end(SenseData.of(AdditionalSense.INTERNAL_TARGET_FAILURE));
        }
    }

    private void end(SenseData sense) {
        failure = sense;
        ended = true;
        if (!stepping) {
            complete();
        }
    }

    /** The task is given back first: the responder may begin the next command at once. */
    private void complete() {
        LogicalUnit endedUnit = unit;
        ScsiCommand endedCommand = command;
        SenseData sense = failure;
        release();
        if (sense == null) {
            endedUnit.good(endedCommand);
        } else {
            endedUnit.fail(endedCommand, sense);
        }
    }

    private void release() {
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
        unit = null;
        command = null;
        step = null;
        pool.giveBack(this, !broken);
    }

    /**
     * What an initiator is told of each failure. It follows from what initiators do: 04h/01h is retried for minutes by Linux and
     * Windows, which suits a link that comes back; 04h/0Ch fails at once on this path and lets multipath take another, which suits
     * a host that lost its lease; a medium error with its LBA makes a RAID repair the block.
     */
    static SenseData senseOf(BlockFailure failure, long lba) {
        switch (failure) {
            case UNAVAILABLE:
                return SenseData.of(AdditionalSense.BECOMING_READY);
            case FENCED:
                return SenseData.of(AdditionalSense.UNAVAILABLE_STATE);
            case CORRUPT:
                return SenseData.at(AdditionalSense.UNRECOVERED_READ_ERROR, lba);
            case FULL:
                return SenseData.of(AdditionalSense.SPACE_ALLOCATION_FAILED);
            case CLOSED:
                return SenseData.of(AdditionalSense.NOT_READY_CAUSE_NOT_REPORTABLE);
            default:
                return SenseData.of(AdditionalSense.INTERNAL_TARGET_FAILURE);
        }
    }
}
