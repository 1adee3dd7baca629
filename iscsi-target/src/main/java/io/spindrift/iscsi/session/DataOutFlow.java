package io.spindrift.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.spindrift.iscsi.negotiation.SessionParameters;
import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.DataBudget;
import io.spindrift.iscsi.pdu.PduReader;
import java.util.ArrayDeque;

/**
 * How the data of writes comes in (RFC 7143 4.2.5.2 and 11.8): immediate data, an unsolicited burst, and what R2Ts ask for, into
 * one buffer for each command. Write buffers that wait for solicited data are limited for the session; a command beyond that
 * limit is asked for its data when others have ended. Lives in its session.
 */
final class DataOutFlow {
    /** What a Data-Out PDU or immediate data is found to be. */
    enum Verdict { FINE, UNEXPECTED, WRONG_AMOUNT }

    private final SessionParameters parameters;
    private final Responses responses;
    private final ByteBufAllocator allocator;
    private final int budget;
    private final DataBudget shared;
    private final ArrayDeque<IscsiTask> waitingForRoom = new ArrayDeque<>();
    private int used;
    private int nextTransferTag;

    /** @param budget for solicited data of this session; {@code shared} is for what comes unsolicited to any */
    DataOutFlow(SessionParameters parameters, Responses responses, ByteBufAllocator allocator, int budget, DataBudget shared) {
        this.parameters = parameters;
        this.responses = responses;
        this.allocator = allocator;
        this.budget = budget;
        this.shared = shared;
    }

    /** Whether the data that comes with, or right after, the command of {@code bhs} is allowed. */
    Verdict checkUnsolicited(IscsiTask task, Bhs bhs) {
        int immediate = bhs.dataLength();
        if (immediate > 0 && (!parameters.immediateData() || task.expectedDataOut == 0)) {
            return Verdict.UNEXPECTED;
        }
        if (!bhs.isFinal() && (parameters.initialR2t() || task.expectedDataOut == 0)) {
            return Verdict.UNEXPECTED;
        }
        return immediate > Math.min(task.expectedDataOut, parameters.firstBurst()) ? Verdict.WRONG_AMOUNT : Verdict.FINE;
    }

    /**
     * The header of a command with data is here and planned: says where its immediate data goes.
     *
     * @return false where there is no memory for what comes unsolicited
     */
    boolean begin(IscsiTask task, Bhs bhs, PduReader reader) {
        int immediate = bhs.dataLength();
        task.unsolicited = !bhs.isFinal();
        if (task.planned == 0) {
            return true;
        }
        if (immediate > 0 || task.unsolicited) {
            int most = task.unsolicited ? Math.min(task.planned, parameters.firstBurst()) : Math.min(task.planned, immediate);
            if (!shared.take(most)) {
                return false;
            }
            task.unsolicitedBytes = most;
        }
        if (immediate >= task.planned) {
            reader.collect();
            return true;
        }
        boolean room = used == 0 || used + task.planned <= budget;
        if (room) {
            charge(task);
            task.dataOut = allocate(task.planned);
        } else if (immediate > 0 || task.unsolicited) {
            task.dataOut = allocate(Math.min(task.planned, parameters.firstBurst()));
        }
        if (immediate > 0) {
            reader.placeAt(task.dataOut, 0, task.dataOut.capacity());
        }
        return true;
    }

    /** The command's own PDU is complete; {@code data} is what was collected of it. */
    void immediateData(IscsiTask task, int length, ByteBuf data) {
        if (data != null) {
            task.dataOut = data.writerIndex(data.readerIndex() + task.planned);
        }
        task.received = length;
        solicit(task);
    }

    /** A Data-Out header for {@code task} is here: says where its data goes. */
    Verdict header(IscsiTask task, Bhs bhs, PduReader reader) {
        int length = bhs.dataLength();
        boolean unsolicited = bhs.targetTransferTag() == Bhs.NO_TAG;
        Verdict verdict = unsolicited ? checkUnsolicitedPdu(task, bhs) : task.fitsR2t(bhs) ? Verdict.FINE : Verdict.WRONG_AMOUNT;
        if (verdict == Verdict.FINE && length > 0 && task.dataOut != null && task.received < task.dataOut.capacity()) {
            reader.placeAt(task.dataOut, task.received, task.dataOut.capacity());
        }
        return verdict;
    }

    private Verdict checkUnsolicitedPdu(IscsiTask task, Bhs bhs) {
        if (!task.unsolicited) {
            return Verdict.UNEXPECTED;
        }
        long end = (long) task.received + bhs.dataLength();
        boolean fits = bhs.intAt(36) == task.unsolicitedSn && bhs.intAt(40) == task.received
            && end <= Math.min(task.expectedDataOut, parameters.firstBurst());
        return fits ? Verdict.FINE : Verdict.WRONG_AMOUNT;
    }

    /** A Data-Out PDU that was FINE is complete. */
    void data(IscsiTask task, Bhs bhs) {
        if (bhs.targetTransferTag() == Bhs.NO_TAG) {
            task.received += bhs.dataLength();
            task.unsolicitedSn++;
            task.unsolicited = !bhs.isFinal();
        } else {
            task.r2tData(bhs.dataLength(), bhs.isFinal());
        }
        solicit(task);
    }

    /** Sends the R2Ts that the command may have outstanding now. */
    private void solicit(IscsiTask task) {
        if (task.unsolicited || task.received >= task.planned || task.waitsForRoom) {
            return;
        }
        if (task.budgeted == 0) {
            if (used > 0 && used + task.planned > budget) {
                task.waitsForRoom = true;
                waitingForRoom.add(task);
                return;
            }
            charge(task);
            grow(task);
        }
        task.solicited = Math.max(task.solicited, task.received);
        while (task.solicited < task.planned && task.outstandingR2ts() < parameters.maxOutstandingR2t()) {
            int length = Math.min(parameters.maxBurst(), task.planned - task.solicited);
            int tag = transferTag();
            responses.r2t(task, tag, task.solicited, length);
            task.r2tSent(tag, task.solicited + length);
        }
    }

    /** The command is over: its buffer goes, and those that waited for its room go on. */
    void end(IscsiTask task) {
        task.releaseData();
        shared.give(task.unsolicitedBytes);
        task.unsolicitedBytes = 0;
        if (task.waitsForRoom) {
            waitingForRoom.remove(task);
            task.waitsForRoom = false;
        }
        if (task.budgeted == 0) {
            return;
        }
        used -= task.budgeted;
        task.budgeted = 0;
        while (!waitingForRoom.isEmpty() && (used == 0 || used + waitingForRoom.peek().planned <= budget)) {
            IscsiTask next = waitingForRoom.poll();
            next.waitsForRoom = false;
            solicit(next);
        }
    }

    private void charge(IscsiTask task) {
        task.budgeted = task.planned;
        used += task.planned;
    }

    private void grow(IscsiTask task) {
        ByteBuf first = task.dataOut;
        task.dataOut = allocate(task.planned);
        if (first != null) {
            task.dataOut.setBytes(0, first, 0, task.received);
            first.release();
        }
    }

    private ByteBuf allocate(int length) {
        return allocator.directBuffer(length, length).writerIndex(length);
    }

    private int transferTag() {
        if (++nextTransferTag == Bhs.NO_TAG) {
            nextTransferTag = 0;
        }
        return nextTransferTag;
    }
}
