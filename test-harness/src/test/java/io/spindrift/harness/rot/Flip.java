package io.spindrift.harness.rot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One bit of one byte of a file.
 *
 * @param live whether it flips while the stack has the file open
 * @param range what it belongs to; null where it belongs to nothing
 */
record Flip(Written.Kind kind, Path file, long offset, int bit, boolean live, Written.Range range) {
    void apply(Path root) throws IOException {
        try (FileChannel channel = FileChannel.open(root.resolve(file), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            if (channel.read(one, offset) != 1) {
                throw new IOException(file + " ends before " + offset);
            }
            one.put(0, (byte) (one.get(0) ^ 1 << bit)).rewind();
            channel.write(one, offset);
        }
    }

    @Override
    public String toString() {
        return file + ":" + offset + " bit " + bit + (live ? " while open" : "");
    }
}
