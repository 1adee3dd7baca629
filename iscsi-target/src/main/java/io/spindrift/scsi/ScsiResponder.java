package io.spindrift.scsi;

/** The transport's side of a command's end. Called on the target's home loop, exactly once for each executed command. */
public interface ScsiResponder {
    /**
     * Status, sense and data of {@code command} are set. The transport takes over {@link ScsiCommand#dataIn} and releases it;
     * {@link ScsiCommand#dataOut} stays the transport's, which may release it from here on.
     */
    void completed(ScsiCommand command);
}
