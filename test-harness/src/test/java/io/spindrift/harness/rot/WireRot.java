package io.spindrift.harness.rot;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.spindrift.client.RemoteCatalog;
import io.spindrift.client.RemoteSettings;
import io.spindrift.client.RemoteTiming;
import io.spindrift.engine.ImageEngine;
import io.spindrift.server.ServerSettings;
import io.spindrift.server.StorageServer;
import io.spindrift.store.DirectoryStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** A host and a storage server with a {@link FlippingProxy} between them: reads the whole image, writes some of it anew, brings that into the image. */
final class WireRot implements AutoCloseable {
    private static final int BLOCKS = 300;
    private static final RemoteTiming TIMING = new RemoteTiming(
            Duration.ofSeconds(5), Duration.ofSeconds(2), Duration.ofSeconds(6), Duration.ofMillis(5), Duration.ofMillis(50));

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final Path folder;
    private final Random random;

    /** @param told what told of the flip; empty where nothing did @param reached whether the flip was reached @param bytes that went in the direction */
    record Outcome(String told, boolean reached, int wrong, long bytes) {}

    WireRot(Path folder, long seed) {
        this.folder = folder;
        random = new Random(seed);
    }

    /** @param at as of {@link FlippingProxy} */
    Outcome run(boolean toServer, boolean frames, long at) throws Exception {
        Rot.delete(folder);
        byte[][] expected = new byte[BLOCKS][];
        try (DirectoryStore store = new DirectoryStore(folder.resolve("store"))) {
            ImageEngine engine = RotStack.engine(store, new Random(5));
            ServerSettings settings = ServerSettings.of(List.of(new ServerSettings.User("local", "correct horse")));
            StorageServer server = new StorageServer(settings, engine::catalog, loops, NioServerSocketChannel::new, new Random(6));
            InetSocketAddress address = (InetSocketAddress) server.start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).join();
            try (FlippingProxy proxy = new FlippingProxy(address, toServer, frames, at, random.nextInt(8))) {
                String told = host(proxy, expected);
                int wrong = told.startsWith("refused") ? 0 : compare(engine, expected);
                boolean found = proxy.connections() > 1 && proxy.flipped();
                return new Outcome(told + (found ? "the connection ended" : ""), proxy.flipped(), wrong + counted, proxy.passed());
            } finally {
                server.stop().join();
                engine.close().join();
            }
        }
    }

    private int counted;

    private String host(FlippingProxy proxy, byte[][] expected) throws Exception {
        counted = 0;
        RemoteCatalog remote = new RemoteCatalog(new RemoteSettings(List.of(proxy.address()), "local", "correct horse", TIMING), loops.next(),
                NioSocketChannel::new, new Random(7));
        try (RotStack stack = new RotStack(folder, false, 8, remote)) {
            stack.create();
            String refused = stack.open();
            if (refused != null) {
                return "refused: " + refused + " ";
            }
            for (int round = 0; round < 2; round++) {
                for (int block = 0; block < BLOCKS; block += 30) {
                    byte[] bytes = new byte[30 * 4096];
                    random.nextBytes(bytes);
                    stack.write(block * 8L, bytes);
                    for (int i = 0; i < 30; i++) {
                        expected[block + i] = Arrays.copyOfRange(bytes, i * 4096, i * 4096 + 4096);
                    }
                    if (block % 150 == 120 && !stack.flush()) {
                        return "refused: not brought into the image ";
                    }
                }
                for (int block = 0; block < BLOCKS; block += 10) {
                    byte[] read = stack.read(block * 8L, 80);
                    for (int i = 0; i < 10 && read != null; i++) {
                        counted += Arrays.equals(expected[block + i], Arrays.copyOfRange(read, i * 4096, i * 4096 + 4096)) ? 0 : 1;
                    }
                }
            }
            return "";
        } catch (java.util.concurrent.ExecutionException refused) {
            return "refused: " + refused.getCause().getMessage() + " ";
        } finally {
            remote.close().join();
        }
    }

    /** What the image holds in the end, read without the wire. */
    private int compare(ImageEngine engine, byte[][] expected) throws Exception {
        int wrong = 0;
        try (RotStack stack = new RotStack(folder, false, 9, engine.catalog("local"))) {
            String refused = stack.open();
            if (refused != null) {
                throw new IllegalStateException("after the wire: " + refused);
            }
            for (int block = 0; block < BLOCKS; block++) {
                byte[] read = stack.read(block * 8L, 8);
                wrong += read != null && Arrays.equals(read, expected[block]) ? 0 : 1;
            }
        }
        return wrong;
    }

    @Override
    public void close() {
        loops.shutdownGracefully(0, 1, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }
}
