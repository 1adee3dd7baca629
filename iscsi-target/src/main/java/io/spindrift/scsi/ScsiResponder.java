package io.spindrift.scsi;

import java.util.function.Predicate;

/** The transport's side of a command's end. Called on the target's home loop, exactly once for each executed command. */
public interface ScsiResponder {
    /**
     * Status, sense and data of {@code command} are set. The transport takes over {@link ScsiCommand#dataIn} and releases it;
     * {@link ScsiCommand#dataOut} stays the transport's, which may release it from here on.
     */
    void completed(ScsiCommand command);

    /**
     * Ends the commands of some nexuses on the unit of {@code by}, but not {@code by} itself, without an answer, as CLEAR TASK SET does
     * (SPC-5 5.14.11.2.6, PREEMPT AND ABORT).
     *
     * @param whose whether the commands of a nexus are meant
     * @param done called when they have ended
     */
    default void abortOthers(ScsiCommand by, Predicate<Nexus> whose, Runnable done) {
        done.run();
    }
}
