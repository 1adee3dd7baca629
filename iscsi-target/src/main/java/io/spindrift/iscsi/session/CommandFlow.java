package io.spindrift.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.PduReader;
import io.spindrift.iscsi.pdu.SerialNumber;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiResponder;
import io.spindrift.scsi.ScsiTarget;
import java.util.concurrent.TimeUnit;
import java.util.Set;
import java.util.function.Predicate;
import org.jscsi.parser.reject.RejectParser.ReasonCode;
import org.jscsi.parser.scsi.SCSIStatus;

/**
 * The way of a SCSI command through its session: its header (window, plan, where the data goes), its data, its turn, the SCSI
 * layer, its response. Lives in its session.
 */
final class CommandFlow implements ScsiResponder {
    /** Immediate commands are outside of the window, so they have a limit of their own. */
    private static final int MOST_IMMEDIATE = 32;
    private static final byte CHECK_CONDITION = SCSIStatus.CHECK_CONDITION.value();
    private static final byte TASK_SET_FULL = SCSIStatus.TASK_SET_FULL.value();
    private static final int ABORTED_COMMAND = 0x0b;
    private static final int ILLEGAL_REQUEST = 0x05;
    /** RFC 7143 11.4.7.2. */
    private static final int UNEXPECTED_DATA = 0x0c0c;
    private static final int WRONG_AMOUNT_OF_DATA = 0x0c0d;
    private static final int INVALID_FIELD_IN_CDB = 0x2400;

    private final IscsiSession session;
    private final CommandWindow window;
    private final Responses responses;
    private final TaskSet tasks;
    private final DataOutFlow dataOut;
    private final ScsiTarget scsi;
    private int immediateInFlight;
    /** Commands that were aborted and whose data is still on its way, and the one timer that ends the wait for it. */
    private int draining;
    private Future<?> drainTimer;
    /** The command whose PDU is being received; null where it is dropped or already over. */
    private IscsiTask current;
    private int currentLength;
    private long done;
    private long bytesWritten;

    CommandFlow(IscsiSession session, CommandWindow window, Responses responses, SessionWiring.Limits limits) {
        this.session = session;
        this.window = window;
        this.responses = responses;
        this.tasks = new TaskSet(session.parameters().maxOutstandingR2t(), limits.queueDepth() + MOST_IMMEDIATE);
        this.dataOut = new DataOutFlow(session.parameters(), responses, session.channel().alloc(), limits.solicitedBytes(),
            session.shared().unsolicited());
        this.scsi = session.target() == null ? null : session.target().scsi();
    }

    long done() {
        return done;
    }

    long bytesWritten() {
        return bytesWritten;
    }

    /** Whether there is such a command that is not being aborted. */
    boolean any(Predicate<IscsiTask> which) {
        return tasks.any(task -> task.abortion == null && which.test(task));
    }

    IscsiTask find(int tag) {
        return tasks.find(tag);
    }

    /** First dispatch of a command. */
    void commandHeader(Bhs bhs, PduReader reader) {
        current = null;
        CommandWindow.Arrival arrival = CommandWindow.Arrival.NOW;
        if (!bhs.immediate()) {
            arrival = window.arrive(bhs.cmdSn());
            if (arrival == CommandWindow.Arrival.DROP) {
                return;
            }
        } else if (immediateInFlight >= MOST_IMMEDIATE) {
            session.refuse(bhs, ReasonCode.IMMEDIATE_COMMAND_REJECT, "too many immediate commands");
            return;
        }
        if (tasks.find(bhs.initiatorTaskTag()) != null) {
            session.refuse(bhs, ReasonCode.TASK_IN_PROGRESS, "a command whose task tag is in use");
            return;
        }
        admit(bhs, reader, arrival);
    }

    private void admit(Bhs bhs, PduReader reader, CommandWindow.Arrival arrival) {
        IscsiTask task = tasks.take();
        task.begin(bhs);
        task.nexus = session.nexus();
        task.responder = this;
        tasks.add(task);
        if (task.immediate) {
            immediateInFlight++;
            task.turn = true;
        } else if (arrival == CommandWindow.Arrival.NOW) {
            window.advance();
            count(task);
        } else {
            window.hold(task.cmdSn, task);
        }
        if (!plan(task, bhs)) {
            return;
        }
        task.state = IscsiTask.State.RECEIVING;
        if (dataOut.begin(task, bhs, reader)) {
            current = task;
            currentLength = bhs.dataLength();
        } else {
            task.status = TASK_SET_FULL;
            completed(task);
        }
    }

    private void count(IscsiTask task) {
        window.enter();
        task.counted = true;
        task.turn = true;
    }

    /** @return whether the command goes on: false where it ended on the spot. */
    private boolean plan(IscsiTask task, Bhs bhs) {
        if (task.bidirectional()) {
            fail(task, ILLEGAL_REQUEST, INVALID_FIELD_IN_CDB);
            return false;
        }
        DataOutFlow.Verdict verdict = dataOut.checkUnsolicited(task, bhs);
        if (verdict != DataOutFlow.Verdict.FINE) {
            fail(task, ABORTED_COMMAND, verdict == DataOutFlow.Verdict.UNEXPECTED ? UNEXPECTED_DATA : WRONG_AMOUNT_OF_DATA);
            return false;
        }
        int planned = scsi.plan(task);
        if (planned == ScsiTarget.REFUSED) {
            return false;
        }
        task.planned = planned;
        return true;
    }

    /** Second dispatch of a command: its PDU is complete. */
    void commandPayload(ByteBuf data) {
        IscsiTask task = current;
        current = null;
        if (task == null || task.state != IscsiTask.State.RECEIVING) {
            if (data != null) {
                data.release();
            }
        } else {
            dataOut.immediateData(task, currentLength, data);
            goOn(task);
        }
        session.drain();
    }

    void dataOutHeader(Bhs bhs, PduReader reader) {
        current = null;
        IscsiTask task = tasks.find(bhs.initiatorTaskTag());
        if (task == null || task.state != IscsiTask.State.RECEIVING) {
            return;
        }
        if (task.abortion != null) {
            current = task;
            return;
        }
        DataOutFlow.Verdict verdict = dataOut.header(task, bhs, reader);
        if (verdict == DataOutFlow.Verdict.FINE) {
            current = task;
        } else {
            fail(task, ABORTED_COMMAND, verdict == DataOutFlow.Verdict.UNEXPECTED ? UNEXPECTED_DATA : WRONG_AMOUNT_OF_DATA);
        }
    }

    void dataOutPayload(Bhs bhs) {
        IscsiTask task = current;
        current = null;
        if (task == null || task.state != IscsiTask.State.RECEIVING) {
            return;
        }
        if (task.abortion == null) {
            dataOut.data(task, bhs);
            goOn(task);
            session.flushSoon();
        } else if (bhs.isFinal() && task.r2tAnswered(bhs.targetTransferTag())) {
            drained(task);
        }
    }

    /** The commands before this one have all come. */
    void turn(IscsiTask task) {
        count(task);
        if (task.state == IscsiTask.State.WAITING) {
            execute(task);
        }
    }

    private void goOn(IscsiTask task) {
        if (task.state == IscsiTask.State.RECEIVING && task.abortion == null && task.dataIsHere()) {
            if (task.turn) {
                execute(task);
            } else {
                task.state = IscsiTask.State.WAITING;
            }
        }
    }

    private void execute(IscsiTask task) {
        task.state = IscsiTask.State.EXECUTING;
        bytesWritten += task.planned;
        scsi.execute(task);
    }

    /** From the SCSI layer: at once, or later. */
    @Override
    public void completed(ScsiCommand command) {
        IscsiTask task = (IscsiTask) command;
        Abortion abortion = task.abortion;
        leave(task);
        if (abortion == null) {
            done++;
            responses.respond(task);
        } else if (task.dataIn != null) {
            task.dataIn.release();
            task.dataIn = null;
        }
        retire(task);
        if (abortion != null) {
            abortion.ended();
        }
        session.flushSoon();
    }

    @Override
    public void abortOthers(ScsiCommand by, Predicate<Nexus> whose, Runnable done) {
        Abortion wait = new Abortion(done);
        for (IscsiSession each : session.target().sessions()) {
            if (whose.test(each.nexus())) {
                boolean any = each.commands().abort(task -> task.lun == by.lun && task != by, wait);
                if (any && each != session) {
                    each.tellTerminated(Set.of(by.lun));
                }
                each.flushSoon();
            }
        }
        wait.ended();
    }

    private void fail(IscsiTask task, int key, int code) {
        task.status = CHECK_CONDITION;
        task.sense = new byte[18];
        task.sense[0] = 0x70;
        task.sense[2] = (byte) key;
        task.sense[7] = 10;
        task.sense[12] = (byte) (code >> 8);
        task.sense[13] = (byte) code;
        completed(task);
    }

    /**
     * Takes back those that match: what waits is dropped, what executes is asked back; {@code wait} hears of those that end in
     * their own time. None of them is answered.
     *
     * @return whether there were any
     */
    boolean abort(Predicate<IscsiTask> which, Abortion wait) {
        return tasks.each(which, task -> abort(task, wait));
    }

    void abort(IscsiTask task, Abortion wait) {
        if (task.draining) {
            drained(task);
            return;
        }
        if (task.abortion != null) {
            wait.await();
            task.abortion = Abortion.both(task.abortion, wait);
            return;
        }
        boolean executing = task.state == IscsiTask.State.EXECUTING;
        if (executing) {
            wait.await();
            task.abortion = wait;
        }
        if (!executing || scsi.abort(task)) {
            leave(task);
            retire(task);
            if (executing) {
                wait.ended();
            }
        }
    }

    /**
     * As {@link #abort(Predicate, Abortion)}, but commands whose data was asked for are kept until it has come, which is thrown away, or
     * until {@code patienceMs} are over (RFC 7143 4.2.3.3).
     */
    void abortAfterData(Predicate<IscsiTask> which, Abortion wait, int patienceMs) {
        long end = session.channel().eventLoop().ticker().nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
        tasks.each(which, task -> {
            if (task.state != IscsiTask.State.RECEIVING || task.outstandingR2ts() == 0) {
                abort(task, wait);
                return;
            }
            wait.await();
            task.abortion = task.abortion == null ? wait : Abortion.both(task.abortion, wait);
            if (!task.draining) {
                task.draining = true;
                draining++;
                task.patienceEnd = end;
                task.releaseData();
            }
        });
        watchDraining(patienceMs);
    }

    /** One timer however many functions there are: a peer must not be able to make them pile up. */
    private void watchDraining(long patienceMs) {
        if (draining > 0 && drainTimer == null) {
            drainTimer = session.channel().eventLoop().schedule(this::patienceOver, patienceMs, TimeUnit.MILLISECONDS);
        }
    }

    private void patienceOver() {
        drainTimer = null;
        long now = session.channel().eventLoop().ticker().nanoTime();
        tasks.each(task -> task.draining && task.patienceEnd - now <= 0, this::drained);
        long[] next = {Long.MAX_VALUE};
        tasks.each(task -> task.draining, task -> next[0] = Math.min(next[0], task.patienceEnd - now));
        watchDraining(TimeUnit.NANOSECONDS.toMillis(next[0]) + 1);
    }

    /** An aborted command has no data on its way any more. */
    private void drained(IscsiTask task) {
        Abortion abortion = task.abortion;
        leave(task);
        retire(task);
        abortion.ended();
        session.flushSoon();
    }

    /** The command no longer takes room in the window. */
    private void leave(IscsiTask task) {
        if (task.counted) {
            window.leave();
            task.counted = false;
        } else if (task.immediate) {
            immediateInFlight--;
        } else {
            window.forget(task.cmdSn);
        }
    }

    private void retire(IscsiTask task) {
        if (task.draining && --draining == 0 && drainTimer != null) {
            drainTimer.cancel(false);
            drainTimer = null;
        }
        if (current == task) {
            current = null;
        }
        dataOut.end(task);
        tasks.remove(task);
    }

    /** Whether a command with this number is before that one (RFC 7143 4.2.2.1); immediate ones are by arrival. */
    static boolean before(IscsiTask task, int cmdSn) {
        return SerialNumber.before(task.cmdSn, cmdSn);
    }
}
