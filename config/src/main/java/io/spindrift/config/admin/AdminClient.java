package io.spindrift.config.admin;

import io.spindrift.config.settings.value.HostPort;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** The commands' end of the REST interface. Blocking; on the main thread of a command. */
public final class AdminClient {
    /** Nothing answers at the address; the message names it. */
    public static final class UnreachableException extends Exception {
        private static final long serialVersionUID = 1L;

        UnreachableException(HostPort address, Throwable cause) {
            super("no daemon answers at " + address + "; start one with 'spindrift serve', or name its admin.listen with --admin HOST:PORT", cause);
        }
    }

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final HostPort address;
    private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).version(HttpClient.Version.HTTP_1_1).build();

    public AdminClient(HostPort address) {
        this.address = address;
    }

    public <T> T get(String path, Class<T> type) throws ControlException, UnreachableException {
        return Json.read(send(request(path).GET().build()), type);
    }

    /** @return null where the answer has no body */
    public <T> T post(String path, Map<String, String> body, Class<T> type) throws ControlException, UnreachableException {
        HttpRequest request = request(path).POST(BodyPublishers.ofString(Json.write(body))).header("Content-Type", "application/json").build();
        String answer = send(request);
        return answer.isEmpty() ? null : Json.read(answer, type);
    }

    public void delete(String path) throws ControlException, UnreachableException {
        send(request(path).DELETE().build());
    }

    /** A name as one part of a path. */
    public static String escaped(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://" + address + path));
    }

    private String send(HttpRequest request) throws ControlException, UnreachableException {
        HttpResponse<String> response;
        try {
            response = http.send(request, BodyHandlers.ofString());
        } catch (IOException unreachable) {
            throw new UnreachableException(address, unreachable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new UnreachableException(address, interrupted);
        }
        if (response.statusCode() >= 400) {
            throw new ControlException(kindOf(response.statusCode()), errorOf(response));
        }
        return response.body();
    }

    private static ControlException.Kind kindOf(int status) {
        for (ControlException.Kind kind : ControlException.Kind.values()) {
            if (kind.httpStatus() == status) {
                return kind;
            }
        }
        return ControlException.Kind.FAILED;
    }

    private static String errorOf(HttpResponse<String> response) {
        try {
            Object error = Json.read(response.body(), Map.class).get("error");
            return error == null ? "the daemon answered " + response.statusCode() : error.toString();
        } catch (IllegalArgumentException notOurs) {
            return "what answers at " + response.uri().getAuthority() + " is no spindrift daemon (HTTP " + response.statusCode() + ")";
        }
    }
}
