package io.spindrift.iscsi.session;

import io.spindrift.iscsi.pdu.SerialNumber;
import java.util.function.Consumer;

/**
 * The command window of a session (RFC 7143 4.2.2.1): which CmdSN comes next, and which are welcome. It is the back-pressure
 * towards the initiator: its size is the queue depth less the commands in flight, so MaxCmdSN rises as commands end and never
 * falls. What comes ahead of its turn waits here.
 */
final class CommandWindow {
    enum Arrival {
        /** It is the next one. */
        NOW,
        /** Others come before it: {@link #hold} it. */
        LATER,
        /** Outside of the window, or here already: ignored (RFC 7143 4.2.2.1). */
        DROP
    }

    /** Stands for a command that ended before its turn. */
    static final Object NOTHING = new Object();

    private final int depth;
    private final Object[] early;
    private int earlyCount;
    private int expCmdSn;
    private int inFlight;

    CommandWindow(int depth, int firstCmdSn) {
        this.depth = depth;
        this.expCmdSn = firstCmdSn;
        this.early = new Object[Integer.highestOneBit(depth * 2 - 1)];
    }

    int expCmdSn() {
        return expCmdSn;
    }

    int maxCmdSn() {
        return expCmdSn + depth - inFlight - 1;
    }

    int inFlight() {
        return inFlight;
    }

    Arrival arrive(int cmdSn) {
        if (!SerialNumber.within(cmdSn, expCmdSn, maxCmdSn())) {
            return Arrival.DROP;
        }
        if (cmdSn == expCmdSn && early[slot(cmdSn)] == null) {
            return Arrival.NOW;
        }
        return early[slot(cmdSn)] == null ? Arrival.LATER : Arrival.DROP;
    }

    /** Keeps {@code what} until its turn. */
    void hold(int cmdSn, Object what) {
        early[slot(cmdSn)] = what;
        earlyCount++;
    }

    /** Replaces what is held by {@link #NOTHING}. */
    void forget(int cmdSn) {
        early[slot(cmdSn)] = NOTHING;
    }

    /** What is before {@code cmdSn} and has not come counts as received. */
    void plug(int cmdSn) {
        for (int missing = expCmdSn; SerialNumber.before(missing, cmdSn); missing++) {
            if (early[slot(missing)] == null) {
                hold(missing, NOTHING);
            }
        }
    }

    /** The expected command was not received after all: it was rejected (RFC 7143 7.3). */
    void retract() {
        expCmdSn--;
    }

    /** The expected command is here. */
    void advance() {
        expCmdSn++;
    }

    void enter() {
        inFlight++;
    }

    void leave() {
        inFlight--;
    }

    /** Takes out what was held for the expected number and advances; null where it has not come. */
    Object next() {
        if (earlyCount == 0) {
            return null;
        }
        int slot = slot(expCmdSn);
        Object what = early[slot];
        if (what != null) {
            early[slot] = null;
            earlyCount--;
            expCmdSn++;
        }
        return what;
    }

    /** Empties the places of what came early. */
    void drop(Consumer<Object> visit) {
        for (int i = 0; i < early.length; i++) {
            if (early[i] != null) {
                visit.accept(early[i]);
                early[i] = null;
            }
        }
        earlyCount = 0;
    }

    private int slot(int cmdSn) {
        return cmdSn & early.length - 1;
    }
}
