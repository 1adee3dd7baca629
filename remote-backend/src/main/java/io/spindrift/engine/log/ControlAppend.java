package io.spindrift.engine.log;

import io.spindrift.engine.format.LogEntry;
import io.spindrift.image.ImageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * An entry without content: lease, release, resize, delete.
 *
 * @param isDone whether the log says it already
 * @param check why it may not be; answers null where it may
 * @param maker makes the entry of a number; called anew when the number was taken by another
 * @param verified see {@link Append#verified}
 */
public record ControlAppend(
        Predicate<ImageHistory> isDone, Function<ImageHistory, ImageException> check, BiFunction<ImageChain, Long, LogEntry> maker,
        boolean verified, CompletableFuture<Void> result) implements Append {
    @Override
    public boolean satisfied(ImageHistory history) {
        return isDone.test(history);
    }

    @Override
    public ImageException refused(ImageHistory history, long plannedSequence) {
        return check.apply(history);
    }

    @Override
    public LogEntry entry(ImageChain chain, long number) {
        return maker.apply(chain, number);
    }

    @Override
    public List<ByteBuffer> body(LogEntry entry) {
        return List.of();
    }

    @Override
    public void done() {
        result.complete(null);
    }

    @Override
    public void failed(ImageException failure) {
        result.completeExceptionally(failure);
    }
}
