package io.spindrift.harness.rot;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32C;

/**
 * Stands between a host and a storage server and flips one bit of one byte, once, of what goes in one direction. With frames it is as if the bit had flipped in the
 * sender's memory: only bytes of blocks are flipped, and the frame's checksums are made right for them. Has a thread for each direction of each connection.
 */
final class FlippingProxy implements AutoCloseable {
    private static final int PREAMBLE = 16;
    private static final int HEADER = 36;
    private static final int ANSWER = 64;
    private static final int APPLY = 35;

    private final ServerSocket listening;
    private final InetSocketAddress server;
    private final boolean toServer;
    private final boolean frames;
    private final long at;
    private final int bit;
    private final AtomicLong passed = new AtomicLong();
    private final List<Socket> open = new ArrayList<>();
    private volatile boolean flipped;
    private volatile int connections;

    /** @param at which byte of the direction, counted over all connections, or, with {@code frames}, which byte of blocks; -1 for none */
    FlippingProxy(InetSocketAddress server, boolean toServer, boolean frames, long at, int bit) throws IOException {
        this.server = server;
        this.toServer = toServer;
        this.frames = frames;
        this.at = at;
        this.bit = bit;
        listening = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listening.getLocalSocketAddress();
    }

    /** Bytes, or bytes of blocks, that went in the direction so far. */
    long passed() {
        return passed.get();
    }

    boolean flipped() {
        return flipped;
    }

    int connections() {
        return connections;
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Socket behind = new Socket(server.getAddress(), server.getPort());
                client.setTcpNoDelay(true);
                behind.setTcpNoDelay(true);
                synchronized (open) {
                    open.add(client);
                    open.add(behind);
                }
                connections++;
                start(() -> pump(client, behind, toServer));
                start(() -> pump(behind, client, !toServer));
            }
        } catch (IOException closed) {
            return;
        }
    }

    private void pump(Socket from, Socket to, boolean mine) {
        try (from; to) {
            if (mine && frames) {
                frames(new DataInputStream(from.getInputStream()), to.getOutputStream());
            } else {
                bytes(from.getInputStream(), to.getOutputStream(), mine);
            }
        } catch (IOException gone) {
            return;
        }
    }

    private void bytes(InputStream in, OutputStream out, boolean mine) throws IOException {
        byte[] buffer = new byte[64 << 10];
        for (int count; (count = in.read(buffer)) >= 0; ) {
            if (mine) {
                flip(buffer, 0, count);
            }
            out.write(buffer, 0, count);
        }
    }

    private void flip(byte[] bytes, int from, int count) {
        long before = passed.getAndAdd(count);
        if (at >= before && at < before + count) {
            bytes[from + (int) (at - before)] ^= (byte) (1 << bit);
            flipped = true;
        }
    }

    private void frames(DataInputStream in, OutputStream out) throws IOException {
        byte[] preamble = new byte[PREAMBLE];
        in.readFully(preamble);
        out.write(preamble);
        while (true) {
            byte[] header = new byte[HEADER];
            in.readFully(header);
            ByteBuffer said = ByteBuffer.wrap(header);
            byte[] payload = new byte[said.getInt(0)];
            in.readFully(payload);
            boolean blocks = (header[4] == ANSWER || header[4] == APPLY) && said.getInt(20) > 8192;
            // Blocks are what ends a body; its first frame has the tables before them.
            int from = said.getInt(24) > 0 ? 0 : said.getInt(20) % 4096;
            if (blocks && payload.length > from) {
                flip(payload, from, payload.length - from);
                said.putInt(28, crc(payload, payload.length));
                said.putInt(32, crc(header, 32));
            }
            out.write(header);
            out.write(payload);
        }
    }

    private static int crc(byte[] bytes, int length) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }

    @Override
    public void close() throws IOException {
        listening.close();
        synchronized (open) {
            for (Socket socket : open) {
                socket.close();
            }
        }
    }
}
