package io.spindrift.journal;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * The folder a journal lives in, as small as the journal needs it, so that the simulator and the power-loss model can stand in for it.
 * Blocking. A name made, renamed or deleted survives power loss after {@link #syncDirectory()}.
 */
public interface JournalDisk {
    /** The folder, for messages. */
    String name();

    /** Keeps every other user of the folder out until it is closed; makes the folder where there is none. */
    Closeable lock(String name) throws IOException;

    /** Names of all files, in no order; empty where there is no folder. */
    List<String> list() throws IOException;

    DiskFile open(String name) throws IOException;

    /** Makes a file of {@code size} zeros that are really on the disk, synced: later writes within it change no metadata. */
    DiskFile create(String name, long size) throws IOException;

    void rename(String from, String to) throws IOException;

    void delete(String name) throws IOException;

    void syncDirectory() throws IOException;
}
