package io.spindrift.scsi;

/**
 * A SCSI target device: the logical units that one iSCSI target presents, by LUN. Made by the assembly with the target's home
 * loop; every call comes on it.
 */
public interface ScsiTarget {
    /**
     * First dispatch, when the header is here: how many Data-Out bytes this command will take. The transport allocates and
     * solicits no more than this.
     *
     * @return 0 to {@code command.expectedDataOut}; or {@link #REFUSED} when the command was completed on the spot with its
     *     failure (no data is solicited, what comes unsolicited is dropped, {@link #execute} is not called)
     */
    int plan(ScsiCommand command);

    int REFUSED = -1;

    /** Second dispatch, when the data is here. Completes through {@code command.responder}, at once or later. */
    void execute(ScsiCommand command);

    /**
     * Takes back an executed command that has not completed.
     *
     * @return true: it never completes and had no effect, and its buffers are the transport's again; false: it completes in its
     *     own time, and the transport holds the answer to the task management function until then
     */
    boolean abort(ScsiCommand command);

    /** LOGICAL UNIT RESET (SAM-6 7.7) after the transport has ended the unit's commands. @return whether the LUN exists */
    boolean resetLogicalUnit(long lun, Nexus from);

    /** TARGET RESET: what {@link #resetLogicalUnit} does, for every unit. */
    void resetTarget(Nexus from);

    /**
     * CLEAR TASK SET (SAM-6 7.5) has taken commands of {@code victim} that somebody else sent for: it is told with its next command, since
     * the commands are not answered.
     */
    void commandsCleared(long lun, Nexus victim);

    /**
     * I_T NEXUS RESET (SAM-6 7.6) after the transport has ended the nexus's commands: what {@link #nexusLost} does, but the nexus stays and
     * hears of it by a unit attention.
     */
    void resetNexus(Nexus nexus);

    /**
     * What QUERY ASYNCHRONOUS EVENT (SAM-6 7.10) tells of a nexus: 24 bits with the UADE depth, the sense key, and the additional
     * sense code and qualifier of the unit attention that would be reported next. @return 0 where none waits
     */
    int pendingEvent(long lun, Nexus nexus);

    /** Whether {@code lun} names a logical unit. */
    boolean hasLogicalUnit(long lun);

    /** A nexus is new: its power-on unit attention is established for every logical unit (SAM-6 5.14). */
    void nexusEstablished(Nexus nexus);

    /** A nexus is gone (SAM-6 6.3.4, I_T nexus loss): its unit attentions and unsaved reservations go with it. */
    void nexusLost(Nexus nexus);
}
