package io.spindrift.config.admin;

import io.javalin.Javalin;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.spindrift.config.settings.value.HostPort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP side of a daemon: routes are added by {@link HostRoutes} or {@link StoreRoutes}. Made by the assembly after the data path is up; its
 * threads are Jetty's, bounded; closed by the assembly before the daemon.
 */
public final class AdminServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminServer.class);
    private static final int THREADS = 12;
    private static final long MAX_REQUEST_BYTES = 64 * 1024;

    private final Javalin javalin;

    private AdminServer(Javalin javalin) {
        this.javalin = javalin;
    }

    /**
     * Serves; blocks for as long as that takes to begin.
     *
     * @param host as the settings name it: what requests may call this server by
     * @param socket listens already; closed with the server
     */
    public static AdminServer start(String host, ServerSocketChannel socket, Consumer<JavalinConfig> routes) {
        HostGuard guard = new HostGuard(host);
        Javalin javalin = Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.startup.showOldJavalinVersionWarning = false;
            config.startup.startupWatcherEnabled = false;
            config.jetty.threadPool = new QueuedThreadPool(THREADS, 2);
            config.jetty.addConnector((server, http) -> connector(server, http, socket));
            config.http.maxRequestSize = MAX_REQUEST_BYTES;
            config.http.asyncTimeout = 0;
            config.routes.before(guard::check);
            config.routes.exception(IllegalArgumentException.class, (e, context) -> error(context, 400, e.getMessage()));
            config.routes.exception(HttpResponseException.class, (e, context) -> error(context, e.getStatus(), e.getMessage()));
            config.routes.exception(Exception.class, AdminServer::defect);
            routes.accept(config);
        });
        javalin.start();
        LOG.info("admin: http://{}", new HostPort(host, javalin.port()));
        return new AdminServer(javalin);
    }

    private static ServerConnector connector(Server server, HttpConfiguration http, ServerSocketChannel socket) {
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        try {
            connector.open(socket);
        } catch (IOException closed) {
            throw new UncheckedIOException(closed);
        }
        return connector;
    }

    public int port() {
        return javalin.port();
    }

    @Override
    public void close() {
        javalin.stop();
    }

    /** Answers with the future's value as JSON, with 204 where it is null, or with what went wrong. */
    static void answer(Context context, CompletableFuture<?> future) {
        context.future(() -> future.handle((value, thrown) -> {
            if (thrown != null) {
                refuse(context, thrown);
            } else if (value == null) {
                context.status(204);
            } else {
                context.contentType("application/json").result(Json.write(value) + "\n");
            }
            return null;
        }));
    }

    /** Answers with what went wrong. */
    static void refuse(Context context, Throwable thrown) {
        Throwable cause = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (cause instanceof ControlException refused) {
            error(context, refused.kind().httpStatus(), refused.getMessage());
        } else {
            defect(cause, context);
        }
    }

    private static void defect(Throwable thrown, Context context) {
        LOG.error("{} {} failed", context.method(), context.path(), thrown);
        error(context, 500, "internal error; the daemon's log says more");
    }

    private static void error(Context context, int status, String message) {
        context.status(status).contentType("application/json").result(Json.write(Map.of("error", String.valueOf(message))) + "\n");
    }
}
