package io.spindrift.store;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * Keeps immutable named bytes. A name is a relative path of segments of {@code [A-Za-z0-9._=-]} joined by {@code /}, at most 512
 * bytes, no segment {@code .} or {@code ..}. A name never shows a torn object: it is there whole or not at all, also after
 * power loss; what put answered for is durable.
 *
 * <p>Blocking, and safe for concurrent use. Buffers stay the caller's and their positions move.
 */
public interface SegmentStore extends AutoCloseable {
    /** Writes or replaces whole. Only for names that carry no truth of their own (hints that point at the newest manifest). */
    void put(String name, ByteBuffer... body) throws StoreException;

    /**
     * Writes where the name is free: the only primitive that fencing needs, atomic and durable.
     *
     * @return true where this call made the object; false where the name was taken, whatever by
     */
    boolean putIfAbsent(String name, ByteBuffer... body) throws StoreException;

    /** Reads exactly {@code dst.remaining()} bytes from {@code offset} into {@code dst}. ABSENT where the object ends before. */
    void read(String name, long offset, ByteBuffer dst) throws StoreException;

    /** The object's length in bytes, or -1 where there is none. */
    long length(String name) throws StoreException;

    /**
     * Names that begin with {@code prefix} and come after {@code startAfter} (exclusive; empty for the first page), in the order
     * of their UTF-8 bytes.
     *
     * @param limit 1 to 10,000; fewer names than this means that there are no more
     */
    List<StoredObject> list(String prefix, String startAfter, int limit) throws StoreException;

    /** Removes; a name that is not there is no error. */
    void delete(String name) throws StoreException;

    @Override
    void close();
}
