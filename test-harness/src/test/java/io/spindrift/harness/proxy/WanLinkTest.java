package io.spindrift.harness.proxy;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link over real sockets to a server that sends back what it gets. */
class WanLinkTest {
    private static final int PATIENCE_MS = 20_000;

    private ServerSocket echo;
    private WanLink link;
    private Thread thread;

    @BeforeEach
    void start() throws IOException {
        echo = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        Thread server = new Thread(this::serve, "echo");
        server.setDaemon(true);
        server.start();
        link = new WanLink(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                new InetSocketAddress(InetAddress.getLoopbackAddress(), echo.getLocalPort()), LinkSettings.open(), false);
        thread = new Thread(link, "link");
        thread.setDaemon(true);
        thread.start();
    }

    @AfterEach
    void stop() throws Exception {
        link.close();
        echo.close();
        thread.join(PATIENCE_MS);
    }

    private void serve() {
        try {
            for (;;) {
                Socket socket = echo.accept();
                Thread session = new Thread(() -> {
                    try (socket) {
                        socket.getInputStream().transferTo(socket.getOutputStream());
                    } catch (IOException e) {
                        // the test ended the connection
                    }
                }, "echo session");
                session.setDaemon(true);
                session.start();
            }
        } catch (IOException e) {
            // the test ended the server
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), link.address().getPort());
        socket.setSoTimeout(PATIENCE_MS);
        return socket;
    }

    private void settled() throws Exception {
        CompletableFuture<String> report = new CompletableFuture<>();
        link.report(report::complete);
        report.get(PATIENCE_MS, java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    @Test
    void bytesPassUnchangedAndAreCounted() throws Exception {
        byte[] sent = new byte[3_000_000];
        new SplittableRandom(1).nextBytes(sent);
        try (Socket socket = connect()) {
            Thread writer = new Thread(() -> {
                try {
                    socket.getOutputStream().write(sent);
                    socket.shutdownOutput();
                } catch (IOException e) {
                    throw new java.io.UncheckedIOException(e);
                }
            }, "writer");
            writer.start();
            assertArrayEquals(sent, socket.getInputStream().readAllBytes());
            writer.join();
        }
        assertEquals(sent.length, link.bytesThere());
        assertEquals(sent.length, link.bytesBack());
    }

    @Test
    void theDelayIsAtLeastWhatWasSet() throws Exception {
        link.change(LinkSettings.open().delayed(30_000));
        settled();
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            socket.getOutputStream().write(1);
            assertEquals(1, socket.getInputStream().read());
            assertTrue(System.nanoTime() - start >= 60_000_000, "it came back sooner than two delays");
        }
    }

    @Test
    void theRateIsAtMostWhatWasSet() throws Exception {
        link.change(LinkSettings.open().limited(1_000_000));
        settled();
        try (Socket socket = connect()) {
            long start = System.nanoTime();
            socket.getOutputStream().write(new byte[200_000]);
            socket.getInputStream().readNBytes(200_000);
            assertTrue(System.nanoTime() - start >= 200_000_000, "200 kB took less than 200 ms at 1 MB/s");
        }
    }

    @Test
    void aCutLinkIsSilentAndAMendedOneGoesOn() throws Exception {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(1);
            assertEquals(1, socket.getInputStream().read());
            link.cut();
            settled();
            socket.getOutputStream().write(2);
            socket.setSoTimeout(100);
            assertThrows(SocketTimeoutException.class, () -> socket.getInputStream().read());
            link.mend();
            socket.setSoTimeout(PATIENCE_MS);
            assertEquals(2, socket.getInputStream().read());
        }
    }

    @Test
    void aResetEndsConnectionsAndARefusalNewOnesToo() throws Exception {
        try (Socket first = connect()) {
            first.getOutputStream().write(1);
            assertEquals(1, first.getInputStream().read());
            link.reset();
            assertThrows(IOException.class, () -> failOnEnd(first));
        }
        try (Socket second = connect()) {
            second.getOutputStream().write(1);
            assertEquals(1, second.getInputStream().read());
            link.refuse();
            assertThrows(IOException.class, () -> failOnEnd(second));
        }
        assertThrows(IOException.class, () -> {
            try (Socket third = connect()) {
                third.getOutputStream().write(1);
                failOnEnd(third);
            }
        });
        link.mend();
        settled();
        try (Socket fourth = connect()) {
            fourth.getOutputStream().write(4);
            assertEquals(4, fourth.getInputStream().read());
        }
    }

    private static void failOnEnd(Socket socket) throws IOException {
        if (socket.getInputStream().read() < 0) {
            throw new IOException("end");
        }
    }
}
