package io.spindrift.volume;

import io.spindrift.block.BlockFailure;
import io.spindrift.image.ImageException;

/** How failures of the image show above. */
final class Failures {
    private Failures() {}

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
