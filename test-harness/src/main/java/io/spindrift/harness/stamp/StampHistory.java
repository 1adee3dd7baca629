package io.spindrift.harness.stamp;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The writes of a load in the order in which they were sent and acknowledged, in a file: 16 bytes each, the sequence (negative where it was acknowledged), the first
 * unit and the number of units, big-endian. Each is written at once, so that it is there when this program is killed. One thread.
 */
final class StampHistory implements Closeable {
    private final OutputStream out;
    private final ByteBuffer event = ByteBuffer.allocate(16);

    private StampHistory(OutputStream out) {
        this.out = out;
    }

    /** @param file null: nothing is kept */
    static StampHistory appendTo(String file) throws IOException {
        return new StampHistory(file == null ? OutputStream.nullOutputStream()
                : Files.newOutputStream(Path.of(file), StandardOpenOption.CREATE, StandardOpenOption.APPEND));
    }

    void sent(long sequence, int first, int count) {
        add(sequence, first, count);
    }

    void acknowledged(long sequence, int first, int count) {
        add(-sequence, first, count);
    }

    private void add(long sequence, int first, int count) {
        try {
            event.clear().putLong(sequence).putInt(first).putInt(count);
            out.write(event.array());
        } catch (IOException e) {
            throw new UncheckedIOException("the history can't be written", e);
        }
    }

    /** Sees what happened, in order. */
    interface Visitor {
        /** @param sequence negative where the write was acknowledged */
        void event(long sequence, int first, int count);
    }

    static void visit(Path file, Visitor visitor) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            while (true) {
                visitor.event(in.readLong(), in.readInt(), in.readInt());
            }
        } catch (EOFException end) {
            // All of it was seen.
        }
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
