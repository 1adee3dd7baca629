package io.spindrift.engine.log;

import io.spindrift.engine.format.FormatException;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.store.StoreException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/** Says in the image's words what a store, a parser or an executor said. */
public final class Failures {
    private Failures() {}

    public static ImageException of(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof StoreException store) {
            return new ImageException(kind(store.kind()), store.getMessage(), store);
        }
        if (cause instanceof FormatException) {
            return new ImageException(ImageFailure.CORRUPT, cause.getMessage(), cause);
        }
        if (cause instanceof RejectedExecutionException) {
            return new ImageException(ImageFailure.UNAVAILABLE, "the storage engine is busy or stopping", cause);
        }
        return ImageException.of(cause);
    }

    private static ImageFailure kind(StoreException.Kind kind) {
        return switch (kind) {
            case UNAVAILABLE -> ImageFailure.UNAVAILABLE;
            case FULL -> ImageFailure.FULL;
            case ABSENT, CORRUPT -> ImageFailure.CORRUPT;
            case INVALID -> ImageFailure.INVALID;
        };
    }
}
