package io.spindrift.iscsi.session;

import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.SerialNumber;
import io.spindrift.iscsi.pdu.TaskFunction;
import io.spindrift.scsi.ScsiTarget;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jscsi.parser.reject.RejectParser.ReasonCode;
import org.jscsi.parser.tmf.TaskManagementFunctionResponseParser.ResponseCode;

/**
 * Task management functions (RFC 7143 11.5 and 11.6, RFC 7144 4). A function is answered when every command it covers has been
 * taken back or has ended. Those that cover several commands follow RFC 7143 4.2.3.3 (data that R2Ts have asked for is awaited),
 * or 4.2.3.4 (it is not, and other sessions hear of it) where FastAbort was agreed. Lives in its session.
 */
final class TaskManagement {
    /** Functions that wait, for commands before them or for the end of commands: one initiator has no use for more. */
    private static final int MOST_WAITING = 16;
    private static final int MOST_UNDER_WAY = 64;
    /** Initiators that stop sending data for what they abort, though they did not agree on it, are not waited for longer. */
    private static final int DATA_PATIENCE_MS = 1000;
    private static final int FUNCTION_SUCCEEDED = 7;
    private static final int PROTOCOL_LEVEL_2 = 2;

    private final IscsiSession session;
    private final CommandFlow commands;
    private final CommandWindow window;
    private final Responses responses;
    private final ArrayDeque<Bhs> waiting = new ArrayDeque<>();
    private final boolean fastAbort;
    private final boolean level2;
    private int underWay;

    TaskManagement(IscsiSession session, CommandFlow commands, CommandWindow window, Responses responses) {
        this.session = session;
        this.commands = commands;
        this.window = window;
        this.responses = responses;
        this.fastAbort = "FastAbort".equals(session.negotiation().value("TaskReporting"));
        this.level2 = Integer.parseInt(session.negotiation().value("iSCSIProtocolLevel")) >= PROTOCOL_LEVEL_2;
    }

    void request(Bhs bhs) {
        TaskFunction function = TaskFunction.of(bhs.flags() & 0x7f);
        if (session.target() == null) {
            session.refuse(bhs, ReasonCode.PROTOCOL_ERROR, "task management in a discovery session");
        } else if (commands.find(bhs.initiatorTaskTag()) != null) {
            session.refuse(bhs, ReasonCode.TASK_IN_PROGRESS, "task management under a task tag that is in use");
        } else if (underWay == MOST_UNDER_WAY) {
            session.refuse(bhs, ReasonCode.IMMEDIATE_COMMAND_REJECT, "too much task management at a time");
        } else if (function == null || function.needsProtocolLevel2() && !level2) {
            answer(bhs.initiatorTaskTag(), ResponseCode.TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED);
        } else if (function.waitsForCommands() && bhs.immediate() && SerialNumber.before(window.expCmdSn(), bhs.cmdSn())) {
            await(bhs);
        } else {
            act(function, bhs);
        }
    }

    /** An immediate function covers the commands before it, so those must have come (RFC 7143 4.2.3.3). */
    private void await(Bhs bhs) {
        if (waiting.size() == MOST_WAITING || !plausible(bhs.cmdSn())) {
            session.refuse(bhs, ReasonCode.IMMEDIATE_COMMAND_REJECT, "a task management function far ahead of its commands");
        } else {
            waiting.add(bhs.copy());
        }
    }

    private boolean plausible(int cmdSn) {
        return SerialNumber.within(cmdSn, window.expCmdSn(), window.maxCmdSn() + 1);
    }

    /** The window has advanced. */
    void advanced() {
        while (!waiting.isEmpty() && !SerialNumber.before(window.expCmdSn(), waiting.peek().cmdSn())) {
            Bhs bhs = waiting.poll();
            act(TaskFunction.of(bhs.flags() & 0x7f), bhs);
            session.flushSoon();
        }
    }

    private void act(TaskFunction function, Bhs bhs) {
        long lun = bhs.lun();
        switch (function) {
            case ABORT_TASK -> abortTask(bhs);
            case ABORT_TASK_SET -> onUnit(bhs, false, (other, units) -> { }, () -> { });
            case CLEAR_TASK_SET -> onUnit(bhs, true, this::tellCleared, () -> { });
            case LOGICAL_UNIT_RESET -> onUnit(bhs, true, (other, units) -> other.tellTerminated(units),
                () -> scsi().resetLogicalUnit(lun, session.nexus()));
            case TARGET_WARM_RESET -> resetTarget(bhs, false);
            case TARGET_COLD_RESET -> resetTarget(bhs, true);
            case I_T_NEXUS_RESET -> resetNexus(bhs);
            case TASK_REASSIGN -> answer(bhs.initiatorTaskTag(), ResponseCode.TASK_ALLEGIANCE_REASSIGNMENT_NOT_SUPPORTED);
            case QUERY_TASK -> queryTask(bhs);
            case QUERY_TASK_SET -> query(bhs, commands.any(task -> task.lun == lun));
            case QUERY_ASYNCHRONOUS_EVENT -> queryEvent(bhs);
            default -> answer(bhs.initiatorTaskTag(), ResponseCode.TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED);
        }
    }

    private void abortTask(Bhs bhs) {
        int referenced = bhs.targetTransferTag();
        int refCmdSn = bhs.intAt(32);
        IscsiTask task = commands.find(referenced);
        if (task != null && task.lun == bhs.lun()) {
            Abortion wait = begin(bhs, () -> { });
            commands.abort(task, wait);
            wait.ended();
        } else if (task == null && SerialNumber.before(refCmdSn, bhs.cmdSn())
                && SerialNumber.within(refCmdSn, window.expCmdSn(), window.maxCmdSn())) {
            // Not here yet: it counts as received, and is dropped when it comes (RFC 7143 11.6.1).
            if (window.arrive(refCmdSn) != CommandWindow.Arrival.DROP) {
                window.hold(refCmdSn, CommandWindow.NOTHING);
            }
            answer(bhs.initiatorTaskTag(), ResponseCode.FUNCTION_COMPLETE);
            session.drain();
        } else {
            answer(bhs.initiatorTaskTag(), ResponseCode.TASK_DOES_NOT_EXIST);
        }
    }

    /** What is answered with "function complete" when all has ended that it waits for. */
    private Abortion begin(Bhs bhs, Runnable then) {
        int tag = bhs.initiatorTaskTag();
        underWay++;
        return new Abortion(() -> {
            underWay--;
            then.run();
            answer(tag, ResponseCode.FUNCTION_COMPLETE);
        });
    }

    /** @param robbed hears of every other session that commands were taken from, and of which units */
    private void onUnit(Bhs bhs, boolean everySession, BiConsumer<IscsiSession, Set<Long>> robbed, Runnable then) {
        long lun = bhs.lun();
        if (!scsi().hasLogicalUnit(lun)) {
            answer(bhs.initiatorTaskTag(), ResponseCode.LUN_DOES_NOT_EXIST);
            return;
        }
        Abortion wait = begin(bhs, then);
        abortHere(task -> task.lun == lun, bhs.cmdSn(), wait);
        if (everySession) {
            abortElsewhere(task -> task.lun == lun, wait, robbed);
        }
        wait.ended();
    }

    private void tellCleared(IscsiSession other, Set<Long> units) {
        units.forEach(lun -> scsi().commandsCleared(lun, other.nexus()));
        other.tellTerminated(units);
    }

    /** Commands that are still to come count as received (RFC 7143 4.2.3.3): nobody waits for them. */
    private void resetTarget(Bhs bhs, boolean cold) {
        if (!plausible(bhs.cmdSn()) && bhs.immediate()) {
            session.refuse(bhs, ReasonCode.IMMEDIATE_COMMAND_REJECT, "a target reset far ahead of its commands");
            return;
        }
        Abortion wait = begin(bhs, () -> scsi().resetTarget(session.nexus()));
        Abortion after = new Abortion(() -> {
            wait.ended();
            if (cold) {
                session.target().dropSessions(session, "target cold reset");
            }
        });
        abortHere(task -> true, bhs.cmdSn(), after);
        if (bhs.immediate()) {
            window.plug(bhs.cmdSn());
            session.drain();
        }
        abortElsewhere(task -> true, after, (other, units) -> other.tellTerminated(units));
        after.ended();
    }

    private void resetNexus(Bhs bhs) {
        Abortion wait = begin(bhs, () -> scsi().resetNexus(session.nexus()));
        abortHere(task -> true, bhs.cmdSn(), wait);
        wait.ended();
    }

    private void abortHere(Predicate<IscsiTask> which, int cmdSn, Abortion wait) {
        Predicate<IscsiTask> covered = which.and(task -> CommandFlow.before(task, cmdSn) || task.immediate);
        if (fastAbort) {
            commands.abort(covered, wait);
        } else {
            commands.abortAfterData(covered, wait, DATA_PATIENCE_MS);
        }
    }

    private void abortElsewhere(Predicate<IscsiTask> which, Abortion wait, BiConsumer<IscsiSession, Set<Long>> robbed) {
        for (IscsiSession other : session.target().sessions()) {
            if (other == session) {
                continue;
            }
            Set<Long> units = new LinkedHashSet<>();
            other.commands().abort(task -> which.test(task) && noted(units, task.lun), wait);
            if (!units.isEmpty()) {
                robbed.accept(other, units);
            }
            other.flushSoon();
        }
    }

    private static boolean noted(Set<Long> units, long lun) {
        units.add(lun);
        return true;
    }

    private void queryTask(Bhs bhs) {
        IscsiTask task = commands.find(bhs.targetTransferTag());
        query(bhs, task != null && task.lun == bhs.lun() && task.abortion == null);
    }

    private void query(Bhs bhs, boolean found) {
        if (!scsi().hasLogicalUnit(bhs.lun())) {
            answer(bhs.initiatorTaskTag(), ResponseCode.LUN_DOES_NOT_EXIST);
        } else {
            answer(bhs.initiatorTaskTag(), found ? FUNCTION_SUCCEEDED : ResponseCode.FUNCTION_COMPLETE.value(), 0);
        }
    }

    private void queryEvent(Bhs bhs) {
        if (!scsi().hasLogicalUnit(bhs.lun())) {
            answer(bhs.initiatorTaskTag(), ResponseCode.LUN_DOES_NOT_EXIST);
            return;
        }
        int event = scsi().pendingEvent(bhs.lun(), session.nexus());
        answer(bhs.initiatorTaskTag(), event == 0 ? ResponseCode.FUNCTION_COMPLETE.value() : FUNCTION_SUCCEEDED, event);
    }

    boolean fastAbort() {
        return fastAbort;
    }

    private void answer(int tag, ResponseCode response) {
        answer(tag, response.value(), 0);
    }

    private void answer(int tag, int response, int information) {
        if (session.live()) {
            responses.taskManagement(tag, response, information);
            session.flushSoon();
        }
    }

    private ScsiTarget scsi() {
        return session.target().scsi();
    }
}
