package io.spindrift.simulation;

import io.netty.channel.EventLoop;
import io.spindrift.journal.DiskFile;
import io.spindrift.journal.JournalDisk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A disk that keeps writes in the process for some milliseconds before the operating system has them: what acknowledging too early amounts to. */
final class LazyDisk {
    private static final long DELAY_MILLIS = 30;

    private final JournalDisk target;
    private final EventLoop loop;
    private final List<Held> held = new ArrayList<>();

    private record Held(DiskFile file, byte[] bytes, long position) {}

    private LazyDisk(JournalDisk target, EventLoop loop) {
        this.target = target;
        this.loop = loop;
    }

    static JournalDisk over(JournalDisk target, EventLoop loop) {
        LazyDisk disk = new LazyDisk(target, loop);
        return Forwarding.of(JournalDisk.class, (method, arguments) -> {
            disk.flush();
            Object result = Forwarding.forward(disk.target, method, arguments);
            return result instanceof DiskFile file ? disk.lazy(file) : result;
        });
    }

    private DiskFile lazy(DiskFile file) {
        return Forwarding.of(DiskFile.class, (method, arguments) -> {
            if (!method.getName().equals("write")) {
                flush();
                return Forwarding.forward(file, method, arguments);
            }
            ByteBuffer source = (ByteBuffer) arguments[0];
            byte[] bytes = new byte[source.remaining()];
            source.get(bytes);
            held.add(new Held(file, bytes, (long) arguments[1]));
            loop.schedule(this::flushQuietly, DELAY_MILLIS, TimeUnit.MILLISECONDS);
            return null;
        });
    }

    private void flushQuietly() {
        try {
            flush();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void flush() throws IOException {
        List<Held> now = List.copyOf(held);
        held.clear();
        for (Held write : now) {
            write.file.write(ByteBuffer.wrap(write.bytes), write.position);
        }
    }
}
