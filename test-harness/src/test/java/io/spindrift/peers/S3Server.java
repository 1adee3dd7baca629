package io.spindrift.peers;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.store.s3.S3Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** S3Proxy over a folder, in a process of its own: a server that speaks S3 and that nobody here wrote. */
final class S3Server implements AutoCloseable {
    static final String KEY = "harness";
    static final String SECRET = "harness-secret";
    static final String BUCKET = "disks";
    private static final Path JARS = Path.of("s3-server", "target", "lib");
    private static final int TRIES = 600;

    private final Process process;
    private final int port;
    private final Path said;

    private S3Server(Process process, int port, Path said) {
        this.process = process;
        this.port = port;
        this.said = said;
    }

    /** @param signed whether requests must be signed with {@link #KEY} and {@link #SECRET} */
    static S3Server start(Path folder, boolean signed) throws Exception {
        assertTrue(Files.isDirectory(JARS), JARS.toAbsolutePath() + " is missing: build the module s3-server first");
        int port = freePort();
        Files.createDirectories(folder.resolve("data").resolve(BUCKET));
        Path settings = folder.resolve("s3proxy.conf");
        Files.writeString(settings, String.join("\n", "s3proxy.endpoint=http://127.0.0.1:" + port, "jclouds.provider=filesystem-nio2",
            "jclouds.filesystem.basedir=" + folder.resolve("data"), "s3proxy.authorization=" + (signed ? "aws-v2-or-v4" : "none"), "s3proxy.identity=" + KEY,
            "s3proxy.credential=" + SECRET, ""));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path said = folder.resolve("s3proxy.log");
        Process process = new ProcessBuilder(java, "-XX:+UseSerialGC", "-Xmx256m", "-cp", JARS.toAbsolutePath() + "/*", "org.gaul.s3proxy.Main", "--properties",
            settings.toString()).redirectErrorStream(true).redirectOutput(said.toFile()).start();
        S3Server server = new S3Server(process, port, said);
        server.awaitListening();
        return server;
    }

    private static int freePort() throws IOException {
        try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return probe.getLocalPort();
        }
    }

    private void awaitListening() throws Exception {
        for (int i = 0; i < TRIES; i++) {
            try (Socket probe = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return;
            } catch (IOException notYet) {
                assertTrue(!process.waitFor(100, TimeUnit.MILLISECONDS), () -> "S3Proxy ended: " + tail());
            }
        }
        throw new AssertionError("S3Proxy does not listen: " + tail());
    }

    private String tail() {
        try {
            String all = Files.readString(said);
            return all.substring(Math.max(0, all.length() - 2000));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    int port() {
        return port;
    }

    static S3Settings settings(int port, String prefix, String secret) {
        return new S3Settings(URI.create("http://127.0.0.1:" + port), "us-east-1", BUCKET, prefix, KEY, secret, true, S3Settings.MIN_PART_BYTES,
            Duration.ofSeconds(20));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }
}
