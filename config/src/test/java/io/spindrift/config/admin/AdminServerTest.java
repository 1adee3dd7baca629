package io.spindrift.config.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Speaks HTTP by hand, because the checks are about headers that clients don't let one choose. */
class AdminServerTest {
    private final FakeControl control = new FakeControl();
    private AdminServer server;

    @BeforeEach
    void start() throws IOException {
        ServerSocketChannel socket = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        server = AdminServer.start("127.0.0.1", socket, new HostRoutes(control));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String send(String request, String headers, String body) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", server.port())) {
            return send(socket, request, headers, body);
        }
    }

    private static String send(Socket socket, String request, String headers, String body) throws IOException {
        String text = request + " HTTP/1.1\r\n" + headers + "Content-Length: " + body.length() + "\r\nConnection: close\r\n\r\n" + body;
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @Test
    void whoeverComesBeforeTheStartIsAnsweredAfterIt() throws IOException {
        ServerSocketChannel early = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        try (Socket socket = new Socket("127.0.0.1", early.socket().getLocalPort());
                AdminServer late = AdminServer.start("127.0.0.1", early, new HostRoutes(control))) {
            String answer = send(socket, "GET /v1/status", "Host: 127.0.0.1:" + late.port() + "\r\n", "");
            assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        }
    }

    private String host() {
        return "Host: 127.0.0.1:" + server.port() + "\r\n";
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Host: localhost:1                                         | 200",
        "Host: 192.168.0.7:3280                                    | 200",
        "Host: [::1]:3280                                          | 200",
        "Host: evil.example                                        | 403",
        "Host: evil.example:3280                                   | 403",
        "Host: localhost:1;;Origin: http://localhost:1           | 200",
        "Host: localhost:1;;Origin: http://evil.example          | 403",
        "Host: localhost:1;;Origin: null                         | 403",
    })
    void pagesOfOthersAreKeptOut(String headers, int status) throws IOException {
        String answer = send("GET /v1/status", headers.replace(";;", "\r\n").strip() + "\r\n", "");

        assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
    }

    @Test
    void metricsAreForPrometheus() throws IOException {
        String answer = send("GET /metrics", host(), "");

        assertTrue(answer.contains("spindrift_volume_dirty_bytes{volume=\"disk0\"} 1.2582912E7"), answer);
        assertTrue(answer.contains("spindrift_volume_read_hits_total{volume=\"disk0\"} 90.0"), answer);
        assertTrue(answer.contains("spindrift_volume_oldest_dirty_seconds{volume=\"disk0\"} 1.5"), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POST /v1/volumes              | not json                 | 400 | no such JSON object",
        "POST /v1/volumes              | {'name':'broken'}        | 500 | internal error",
        "POST /v1/volumes/disk0/resize | {}                       | 400 | size: is missing",
        "POST /v1/volumes/disk0/resize | {'size':'10GB'}          | 400 | KiB, MiB, GiB",
        "POST /v1/volumes/disk0/attach | {'accept-older':'today'} | 400 | accept-older: a time such as",
        "GET /v1/volumes/disk0/locate  | ''                       | 400 | lba: a whole number",
        "GET /v1/volumes/other         | ''                       | 404 | there is no volume 'other' here",
        "DELETE /v1/volumes/disk0      | ''                       | 409 | has 1 session",
        "GET /v1/nothing               | ''                       | 404 | error",
    })
    void wrongRequestsAreRefusedInOneLine(String request, String body, int status, String complaint) throws IOException {
        String json = body == null ? "" : body.equals("not json") ? body : body.replace('\'', '"');
        String answer = send(request, host(), json.equals("\"\"") ? "" : json);

        assertTrue(answer.startsWith("HTTP/1.1 " + status), answer);
        assertTrue(answer.contains(complaint), answer);
        assertFalse(answer.contains("at io.spindrift"), answer);
    }

    @Test
    void aLongBodyIsRefused() throws IOException {
        String answer = send("POST /v1/volumes", host(), "x".repeat(100_000));

        assertTrue(answer.startsWith("HTTP/1.1 413"), answer.lines().findFirst().orElse(""));
        assertEquals(0, control.asked().size());
    }
}
