package io.spindrift.journal;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** One file of a {@link JournalDisk}. Reads and writes may come from one thread while another forces; nothing else is shared. */
public interface DiskFile extends Closeable {
    /** Fills {@code dst} from its position to its limit; a file that ends before fails with {@link java.io.EOFException}. */
    void read(ByteBuffer dst, long position) throws IOException;

    /** Hands all of {@code src} to the operating system. */
    void write(ByteBuffer src, long position) throws IOException;

    /**
     * Writes all of {@code src}, which survives power loss when this returns; other writes are left as they are. A segment that is used again
     * has its old records in the page cache still: to bring those to the disk would cost as much as writing them anew.
     */
    void writeDurably(ByteBuffer src, long position) throws IOException;

    /** Makes every write that returned before this call survive power loss. */
    void force() throws IOException;

    long size() throws IOException;
}
