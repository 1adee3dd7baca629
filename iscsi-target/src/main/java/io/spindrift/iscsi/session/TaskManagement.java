package io.spindrift.iscsi.session;

import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.SerialNumber;
import io.spindrift.iscsi.pdu.Vocabulary;
import io.spindrift.scsi.ScsiTarget;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jscsi.parser.reject.RejectParser.ReasonCode;
import org.jscsi.parser.tmf.TaskManagementFunctionRequestParser.FunctionCode;
import org.jscsi.parser.tmf.TaskManagementFunctionResponseParser.ResponseCode;

/**
 * Task management functions (RFC 7143 11.5). A function is answered when every command it covers has been taken back or has
 * ended. Lives in its session.
 */
final class TaskManagement {
    /** Functions that wait for commands before them: one initiator has no use for more. */
    private static final int MOST_WAITING = 16;

    private final IscsiSession session;
    private final CommandFlow commands;
    private final CommandWindow window;
    private final Responses responses;
    private final ArrayDeque<Bhs> waiting = new ArrayDeque<>();

    TaskManagement(IscsiSession session, CommandFlow commands, CommandWindow window, Responses responses) {
        this.session = session;
        this.commands = commands;
        this.window = window;
        this.responses = responses;
    }

    void request(Bhs bhs) {
        FunctionCode function = Vocabulary.function(bhs.flags() & 0x7f);
        if (session.target() == null) {
            session.refuse(bhs, ReasonCode.PROTOCOL_ERROR, "task management in a discovery session");
        } else if (function == null) {
            answer(bhs.initiatorTaskTag(), ResponseCode.TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED);
        } else if (function != FunctionCode.ABORT_TASK && bhs.immediate()
                && SerialNumber.before(window.expCmdSn(), bhs.cmdSn())) {
            await(bhs);
        } else {
            act(function, bhs);
        }
    }

    /** An immediate function covers the commands before it, so those must have come (RFC 7143 4.2.3.3). */
    private void await(Bhs bhs) {
        if (waiting.size() == MOST_WAITING || !SerialNumber.within(bhs.cmdSn(), window.expCmdSn(), window.maxCmdSn() + 1)) {
            session.refuse(bhs, ReasonCode.IMMEDIATE_COMMAND_REJECT, "a task management function far ahead of its commands");
        } else {
            waiting.add(bhs.copy());
        }
    }

    /** The window has advanced. */
    void advanced() {
        while (!waiting.isEmpty() && !SerialNumber.before(window.expCmdSn(), waiting.peek().cmdSn())) {
            Bhs bhs = waiting.poll();
            act(Vocabulary.function(bhs.flags() & 0x7f), bhs);
            session.flushSoon();
        }
    }

    private void act(FunctionCode function, Bhs bhs) {
        long lun = bhs.lun();
        switch (function) {
            case ABORT_TASK:
                abortTask(bhs);
                break;
            case ABORT_TASK_SET:
                onUnit(bhs, false, other -> { }, () -> { });
                break;
            case CLEAR_TASK_SET:
                onUnit(bhs, true, other -> scsi().commandsCleared(lun, other.nexus()), () -> { });
                break;
            case LUN_RESET:
                onUnit(bhs, true, other -> { }, () -> scsi().resetLogicalUnit(lun, session.nexus()));
                break;
            case TARGET_WARM_RESET:
                resetTarget(bhs, false);
                break;
            case TARGET_COLD_RESET:
                resetTarget(bhs, true);
                break;
            case TASK_REASSIGN:
                answer(bhs.initiatorTaskTag(), ResponseCode.TASK_ALLEGIANCE_REASSIGNMENT_NOT_SUPPORTED);
                break;
            default:
                answer(bhs.initiatorTaskTag(), ResponseCode.TASK_MANAGEMENT_FUNCTION_NOT_SUPPORTED);
                break;
        }
    }

    private void abortTask(Bhs bhs) {
        int tag = bhs.initiatorTaskTag();
        int referenced = bhs.targetTransferTag();
        int refCmdSn = bhs.intAt(32);
        IscsiTask task = commands.find(referenced);
        if (task != null && task.lun == bhs.lun()) {
            Abortion wait = new Abortion(() -> answer(tag, ResponseCode.FUNCTION_COMPLETE));
            commands.abort(task, wait);
            wait.ended();
        } else if (task == null && SerialNumber.before(refCmdSn, bhs.cmdSn())
                && SerialNumber.within(refCmdSn, window.expCmdSn(), window.maxCmdSn())) {
            // Not here yet: it counts as received, and is dropped when it comes (RFC 7143 11.6.1).
            if (window.arrive(refCmdSn) != CommandWindow.Arrival.DROP) {
                window.hold(refCmdSn, CommandWindow.NOTHING);
            }
            answer(tag, ResponseCode.FUNCTION_COMPLETE);
            session.drain();
        } else {
            answer(tag, ResponseCode.TASK_DOES_NOT_EXIST);
        }
    }

    /** @param robbed hears of every other session that commands were taken from */
    private void onUnit(Bhs bhs, boolean everySession, Consumer<IscsiSession> robbed, Runnable then) {
        long lun = bhs.lun();
        int tag = bhs.initiatorTaskTag();
        if (!scsi().hasLogicalUnit(lun)) {
            answer(tag, ResponseCode.LUN_DOES_NOT_EXIST);
            return;
        }
        Abortion wait = new Abortion(() -> {
            then.run();
            answer(tag, ResponseCode.FUNCTION_COMPLETE);
        });
        abort(task -> task.lun == lun, bhs.cmdSn(), wait);
        if (everySession) {
            abortElsewhere(task -> task.lun == lun, wait, robbed);
        }
        wait.ended();
    }

    private void resetTarget(Bhs bhs, boolean cold) {
        int tag = bhs.initiatorTaskTag();
        Abortion wait = new Abortion(() -> {
            scsi().resetTarget(session.nexus());
            answer(tag, ResponseCode.FUNCTION_COMPLETE);
            if (cold) {
                endSessions();
            }
        });
        abort(task -> true, bhs.cmdSn(), wait);
        abortElsewhere(task -> true, wait, other -> { });
        wait.ended();
    }

    private void abort(Predicate<IscsiTask> which, int cmdSn, Abortion wait) {
        commands.abort(which.and(task -> CommandFlow.before(task, cmdSn) || task.immediate), wait);
    }

    private void abortElsewhere(Predicate<IscsiTask> which, Abortion wait, Consumer<IscsiSession> robbed) {
        for (IscsiSession other : session.target().sessions()) {
            if (other != session) {
                if (other.commands().abort(which, wait)) {
                    robbed.accept(other);
                }
                other.flushSoon();
            }
        }
    }

    private void endSessions() {
        for (IscsiSession each : session.target().sessions()) {
            each.end("target cold reset");
        }
    }

    private void answer(int tag, ResponseCode response) {
        if (session.live()) {
            responses.taskManagement(tag, response);
            session.flushSoon();
        }
    }

    private ScsiTarget scsi() {
        return session.target().scsi();
    }
}
