package io.spindrift.peers;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands before an S3 server and misbehaves: answers that get lost, a server that is too busy, one that takes no notice of conditions. */
final class S3Gate implements AutoCloseable {
    private static final Set<String> NOT_PASSED_ON = Set.of("host", "connection", "content-length", "expect", "upgrade", "transfer-encoding");
    private static final int BUSY = 503;

    private final HttpServer gate;
    private final HttpClient client = HttpClient.newHttpClient();
    private final int server;
    /** How many of the next puts are carried out and their answers lost. */
    final AtomicInteger lostAnswers = new AtomicInteger();
    /** How many of the next requests are turned away. */
    final AtomicInteger turnedAway = new AtomicInteger();
    volatile boolean ignoresConditions;

    S3Gate(int server) throws IOException {
        this.server = server;
        gate = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gate.createContext("/", this::pass);
        gate.start();
    }

    int port() {
        return gate.getAddress().getPort();
    }

    private void pass(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        if (turnedAway.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            exchange.sendResponseHeaders(BUSY, -1);
            exchange.close();
            return;
        }
        HttpResponse<byte[]> answer = forward(exchange, body);
        boolean put = exchange.getRequestMethod().equals("PUT");
        if (put && lostAnswers.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new IOException("the answer is lost");
        }
        answer.headers().map().forEach((name, values) -> {
            if (!NOT_PASSED_ON.contains(name.toLowerCase(java.util.Locale.ROOT)) && !name.startsWith(":")) {
                exchange.getResponseHeaders().put(name, values);
            }
        });
        boolean head = exchange.getRequestMethod().equals("HEAD");
        answer.headers().firstValue("content-length").filter(length -> head).ifPresent(length -> exchange.getResponseHeaders().set("Content-Length", length));
        exchange.sendResponseHeaders(answer.statusCode(), head || answer.body().length == 0 ? -1 : answer.body().length);
        if (!head && answer.body().length > 0) {
            exchange.getResponseBody().write(answer.body());
        }
        exchange.close();
    }

    private HttpResponse<byte[]> forward(HttpExchange exchange, byte[] body) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server + exchange.getRequestURI()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
        exchange.getRequestHeaders().forEach((name, values) -> {
            String lower = name.toLowerCase(java.util.Locale.ROOT);
            if (!NOT_PASSED_ON.contains(lower) && !(ignoresConditions && lower.equals("if-none-match"))) {
                values.forEach(value -> request.header(name, value));
            }
        });
        try {
            return client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    @Override
    public void close() {
        gate.stop(0);
    }
}
