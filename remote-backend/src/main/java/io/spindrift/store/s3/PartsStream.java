package io.spindrift.store.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;

/** A body of several buffers, read in place; its own views, so that an attempt that failed leaves the caller's positions as they were. */
final class PartsStream extends InputStream {
    private final List<ByteBuffer> parts;
    private int at;

    private PartsStream(List<ByteBuffer> parts) {
        this.parts = parts;
    }

    /** @return a body that can be read again for another attempt, over views of {@code body} */
    static RequestBody of(List<ByteBuffer> body) {
        ContentStreamProvider anew = () -> new PartsStream(body.stream().map(ByteBuffer::duplicate).toList());
        return RequestBody.fromContentProvider(anew, length(body), "application/octet-stream");
    }

    static long length(List<ByteBuffer> body) {
        return body.stream().mapToLong(ByteBuffer::remaining).sum();
    }

    /** The bytes from {@code offset} on, {@code length} of them or what is left. */
    static List<ByteBuffer> slice(List<ByteBuffer> body, long offset, long length) {
        List<ByteBuffer> cut = new ArrayList<>();
        long begin = offset;
        long left = length;
        for (ByteBuffer part : body) {
            int skipped = (int) Math.min(begin, part.remaining());
            int taken = (int) Math.min(left, part.remaining() - skipped);
            begin -= skipped;
            left -= taken;
            if (taken > 0) {
                cut.add(part.slice(part.position() + skipped, taken));
            }
        }
        return cut;
    }

    @Override
    public int read() {
        ByteBuffer part = current();
        return part == null ? -1 : part.get() & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) {
        if (length == 0) {
            return 0;
        }
        ByteBuffer part = current();
        if (part == null) {
            return -1;
        }
        int count = Math.min(length, part.remaining());
        part.get(into, offset, count);
        return count;
    }

    private ByteBuffer current() {
        while (at < parts.size() && !parts.get(at).hasRemaining()) {
            at++;
        }
        return at == parts.size() ? null : parts.get(at);
    }
}
