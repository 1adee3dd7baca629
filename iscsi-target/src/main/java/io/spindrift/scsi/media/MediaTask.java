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

        /** What the command is told where the device failed. @return null to end it well */
        default SenseData failed(MediaTask task, BlockFailure failure) {
            return senseOf(failure, task.lba);
        }
    }

    /** SAM-6 5.3.1. */
    private static final byte TASK_SET_FULL = 0x28;

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

    /** The blocks that it may touch, {@code [from, until)}, and whether nothing else may touch them meanwhile; for {@link RangeLocks}. */
    long from;
    long until;
    boolean exclusive;
    /** It has not begun: others are at work on its blocks. */
    boolean waiting;

    private final TaskPool pool;
    private MediaPart part;
    private ScsiCommand command;
    private Step step;
    private boolean stepping;
    private boolean stepAgain;
    private boolean aborted;
    private SenseData failure;
    private boolean conditionMet;
    /** The device has too many requests already and took none of this command's. */
    private boolean crowded;
    private boolean ended;
    /** It is not used again: the device might still know it. */
    private boolean broken;

    MediaTask(TaskPool pool) {
        this.pool = pool;
    }

    void begin(MediaPart newPart, ScsiCommand newCommand) {
        part = newPart;
        command = newCommand;
        lba = 0;
        blocks = 0;
        piece = 0;
        round = 0;
        buffer = null;
        from = 0;
        until = 0;
        exclusive = false;
        waiting = false;
        conditionMet = false;
        crowded = false;
        aborted = false;
        failure = null;
        ended = false;
    }

    LogicalUnit unit() {
        return part.unit();
    }

    MediaPart part() {
        return part;
    }

    /** Null for a claim of another family's command. */
    ScsiCommand command() {
        return command;
    }

    /** Begins with {@link #blocks} blocks at {@link #lba}, beside whatever else is under way there. */
    void start(Step first) {
        start(first, lba, lba + blocks);
    }

    /** Begins, and touches no blocks but {@code [firstBlock, endBlock)}. */
    void start(Step first, long firstBlock, long endBlock) {
        step = first;
        from = firstBlock;
        until = endBlock;
        if (part.locks().admits(this)) {
            advance();
        }
    }

    /** Begins when nothing else is at work on its blocks, and keeps all others from them until it ends. */
    void startAlone(Step first) {
        exclusive = true;
        start(first);
    }

    /** Begins now that it need not wait any more. */
    void resume() {
        waiting = false;
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

    /** Ends the command with CONDITION MET. */
    void finishConditionMet() {
        conditionMet = true;
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
        if (blockFailure == BlockFailure.BUSY && round == 0) {
            crowded = true;
            end(null);
            return;
        }
        end(step.failed(this, blockFailure));
    }

    /**
     * @return true where the command had no effect and will have none; else it ends: now, where the request that runs could be taken back
     *     though others before it were carried out, or after that request
     */
    boolean abort() {
        aborted = true;
        boolean alone = exclusive;
        if (waiting) {
            part.locks().gaveUp();
            release().left(alone);
            return true;
        }
        if (part.unit().device().cancel(this)) {
            if (round == 0) {
                release().left(alone);
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
            part.unit().broken(defect);
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
        LogicalUnit unit = part.unit();
        ScsiCommand endedCommand = command;
        SenseData sense = failure;
        boolean met = conditionMet;
        boolean full = crowded;
        boolean alone = exclusive;
        RangeLocks locks = release();
        if (endedCommand != null && full) {
            unit.end(endedCommand, TASK_SET_FULL);
        } else if (endedCommand != null) {
            tell(unit, endedCommand, sense, met);
        }
        locks.left(alone);
    }

    private static void tell(LogicalUnit unit, ScsiCommand command, SenseData sense, boolean conditionMet) {
        if (sense != null) {
            unit.fail(command, sense);
        } else if (conditionMet) {
            unit.conditionMet(command);
        } else {
            unit.good(command);
        }
    }

    /** @return the locks that are to be told when all else is done */
    private RangeLocks release() {
        RangeLocks locks = part.locks();
        if (buffer != null) {
            buffer.release();
            buffer = null;
        }
        part = null;
        command = null;
        step = null;
        pool.giveBack(this, !broken);
        return locks;
    }

    /**
     * What an initiator is told of each failure. It follows from what initiators do: 04h/01h is retried for minutes by Linux and
     * Windows, which suits a link that comes back; 04h/0Ch fails at once on this path and lets multipath take another, which suits
     * a host that lost its lease; a medium error with its LBA makes a RAID repair the block.
     */
    static SenseData senseOf(BlockFailure failure, long lba) {
        switch (failure) {
            case UNAVAILABLE:
            case BUSY:
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
