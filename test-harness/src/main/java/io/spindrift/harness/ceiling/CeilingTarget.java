package io.spindrift.harness.ceiling;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/**
 * The program: {@code CeilingTarget PORT MIB} serves a disk in memory on loopback, on one thread, until it is ended. The JVM's direct memory must hold
 * the disk.
 */
public final class CeilingTarget {
    private static final int MOST_MIB = 1024;
    private static final int BLOCK = 4096;

    private final Selector selector;
    private final ByteBuffer disk;

    private CeilingTarget(Selector selector, ByteBuffer disk) {
        this.selector = selector;
        this.disk = disk;
    }

    public static void main(String[] arguments) throws IOException {
        int mebibytes = arguments.length == 2 ? Integer.parseInt(arguments[1]) : 0;
        if (mebibytes < 1 || mebibytes > MOST_MIB) {
            System.err.println("use: CeilingTarget PORT MIB, at most " + MOST_MIB);
            System.exit(2);
        }
        ByteBuffer disk = ByteBuffer.allocateDirect(mebibytes << 20);
        for (int at = 0; at < disk.capacity(); at += BLOCK) {
            disk.put(at, (byte) 1);
        }
        new CeilingTarget(Selector.open(), disk).serve(Integer.parseInt(arguments[0]));
    }

    private void serve(int port) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 256);
            listener.configureBlocking(false);
            listener.register(selector, SelectionKey.OP_ACCEPT);
            System.out.println("READY iscsi://127.0.0.1:" + port + "/iqn.2026-11.io.spindrift:ceiling/0");
            while (true) {
                selector.select(this::turn);
            }
        }
    }

    private void turn(SelectionKey key) {
        try {
            if (key.attachment() instanceof CeilingConnection connection) {
                connection.turn(key);
            } else {
                accept((ServerSocketChannel) key.channel());
            }
        } catch (IOException gone) {
            key.cancel();
            close(key);
        }
    }

    private void accept(ServerSocketChannel listener) throws IOException {
        SocketChannel channel = listener.accept();
        if (channel != null) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(selector, SelectionKey.OP_READ, new CeilingConnection(channel, disk));
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            System.err.println("close: " + e.getMessage());
        }
    }
}
