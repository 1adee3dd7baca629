package io.spindrift.volume;

import io.spindrift.block.BlockFailure;
import io.spindrift.image.ImageException;
import java.io.IOException;
import java.io.UncheckedIOException;

/** How failures of the image show above. */
final class Failures {
    private Failures() {}

    /** What ended a step of opening, in one line: trouble with files speaks for itself, without the name of its class. */
    static ImageException of(Throwable thrown) {
        ImageException failure = ImageException.of(thrown);
        Throwable cause = failure.getCause() instanceof UncheckedIOException wrapped ? wrapped.getCause() : failure.getCause();
        return cause instanceof IOException && cause.getMessage() != null ? new ImageException(failure.failure(), cause.getMessage(), cause) : failure;
    }

    static BlockFailure block(ImageException failure) {
        return switch (failure.failure()) {
            case UNAVAILABLE -> BlockFailure.UNAVAILABLE;
            case FENCED -> BlockFailure.FENCED;
            case FULL -> BlockFailure.FULL;
            case CLOSED -> BlockFailure.CLOSED;
            // A request was checked before it went out: that the image can't make sense of it means that something is damaged.
            case CORRUPT, INVALID -> BlockFailure.CORRUPT;
        };
    }
}
