package io.spindrift.harness.proxy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;

/** One direction of one connection: chunks on their way, each with the time at which it arrives. Lives on the link's thread. */
final class OneWay {
    private static final int CHUNK = 64 << 10;

    private final SocketChannel from;
    private final SocketChannel to;
    private final LinkClock clock;
    private final ByteTap tap;
    private final ByteBuffer scratch = ByteBuffer.allocateDirect(CHUNK);
    private final ArrayDeque<Chunk> chunks = new ArrayDeque<>();
    private int onTheWay;
    private boolean ended;
    private boolean shut;

    private record Chunk(ByteBuffer bytes, long arrivesNanos) {
    }

    OneWay(SocketChannel from, SocketChannel to, LinkClock clock, ByteTap tap) {
        this.from = from;
        this.to = to;
        this.clock = clock;
        this.tap = tap;
    }

    boolean wantsToRead(LinkSettings settings) {
        return !ended && onTheWay < settings.windowBytes();
    }

    boolean wantsToWrite(long now) {
        return !chunks.isEmpty() && chunks.peek().arrivesNanos - now <= 0;
    }

    /** When the next chunk arrives; {@code Long.MAX_VALUE} where none is on its way. */
    long nextNanos() {
        return chunks.isEmpty() ? Long.MAX_VALUE : chunks.peek().arrivesNanos;
    }

    void read(LinkSettings settings, long now) throws IOException {
        while (wantsToRead(settings)) {
            int count = from.read(scratch.clear());
            if (count <= 0) {
                ended = count < 0;
                break;
            }
            ByteBuffer chunk = ByteBuffer.allocate(count).put(scratch.flip()).flip();
            tap.passed(chunk.duplicate());
            onTheWay += count;
            chunks.add(new Chunk(chunk, clock.arrival(count, settings, now)));
            if (count < CHUNK) {
                break;
            }
        }
        shutWhenEmpty();
    }

    void write(long now) throws IOException {
        while (wantsToWrite(now)) {
            ByteBuffer bytes = chunks.peek().bytes;
            onTheWay -= to.write(bytes);
            if (bytes.hasRemaining()) {
                break;
            }
            chunks.remove();
        }
        shutWhenEmpty();
    }

    private void shutWhenEmpty() throws IOException {
        if (ended && chunks.isEmpty() && !shut) {
            shut = true;
            to.shutdownOutput();
        }
    }

    boolean over() {
        return shut;
    }

    /** The link came back: what stood still goes on from now, as TCP would send it again. */
    void mended(long now) {
        ArrayDeque<Chunk> again = new ArrayDeque<>(chunks.size());
        chunks.forEach(chunk -> again.add(new Chunk(chunk.bytes, Math.max(chunk.arrivesNanos, now))));
        chunks.clear();
        chunks.addAll(again);
    }
}
