package io.spindrift.iscsi.session;

import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.SerialNumber;
import io.spindrift.iscsi.pdu.Vocabulary;
import io.spindrift.scsi.ScsiTarget;
import java.util.ArrayDeque;
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
    /** Logical units of single-level addressing (SAM-6 4.7.7): 256 by peripheral, the rest by flat addresses. */
    private static final int PERIPHERAL_LUNS = 256;
    private static final int FLAT_LUNS = 16384;

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
        switch (function) {
            case ABORT_TASK:
                abortTask(bhs);
                break;
            case ABORT_TASK_SET:
                onUnit(bhs, false, () -> { });
                break;
            case CLEAR_TASK_SET:
                onUnit(bhs, true, () -> { });
                break;
            case LUN_RESET:
                long lun = bhs.lun();
                onUnit(bhs, true, () -> scsi().resetLogicalUnit(lun, session.nexus()));
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

    private void onUnit(Bhs bhs, boolean everySession, Runnable then) {
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
        abort(task -> task.lun == lun, everySession, bhs.cmdSn(), wait);
        wait.ended();
    }

    private void resetTarget(Bhs bhs, boolean cold) {
        int tag = bhs.initiatorTaskTag();
        Abortion wait = new Abortion(() -> {
            resetUnits();
            answer(tag, ResponseCode.FUNCTION_COMPLETE);
            if (cold) {
                endSessions();
            }
        });
        abort(task -> true, true, bhs.cmdSn(), wait);
        wait.ended();
    }

    private void abort(Predicate<IscsiTask> which, boolean everySession, int cmdSn, Abortion wait) {
        commands.abort(which.and(task -> CommandFlow.before(task, cmdSn) || task.immediate), wait);
        if (everySession) {
            for (IscsiSession other : session.target().sessions()) {
                if (other != session) {
                    other.commands().abort(which, wait);
                    other.flushSoon();
                }
            }
        }
    }

    private void resetUnits() {
        for (long number = 0; number < FLAT_LUNS; number++) {
            long lun = number < PERIPHERAL_LUNS ? number << 48 : (0x4000 | number) << 48;
            if (scsi().hasLogicalUnit(lun)) {
                scsi().resetLogicalUnit(lun, session.nexus());
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
