package io.spindrift.config.volumes;

import io.spindrift.config.admin.ControlException;
import io.spindrift.config.admin.ControlException.Kind;
import io.spindrift.config.settings.SettingsException;
import io.spindrift.image.ImageException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/** What went wrong beneath, as it is told to whoever asked. */
final class Refusals {
    private Refusals() {}

    static <T> CompletableFuture<T> refuse(Kind kind, String message) {
        return CompletableFuture.failedFuture(new ControlException(kind, message));
    }

    /** The future with its failure turned into a {@link ControlException}. */
    static <T> CompletableFuture<T> told(CompletableFuture<T> future) {
        return future.handle((value, thrown) -> thrown == null ? CompletableFuture.completedFuture(value) : CompletableFuture.<T>failedFuture(of(thrown)))
                .thenCompose(answer -> answer);
    }

    private static ControlException of(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof ControlException known) {
            return known;
        }
        if (cause instanceof SettingsException wrong) {
            return new ControlException(Kind.INVALID, wrong.getMessage());
        }
        ImageException failure = ImageException.of(cause);
        Kind kind = switch (failure.failure()) {
            case UNAVAILABLE, CLOSED -> Kind.UNAVAILABLE;
            case FENCED, FULL -> Kind.CONFLICT;
            case INVALID -> cause instanceof ImageException ? Kind.INVALID : Kind.FAILED;
            case CORRUPT -> Kind.FAILED;
        };
        return new ControlException(kind, failure.getMessage());
    }
}
