package io.spindrift.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.MessageWriter;
import io.spindrift.wire.WireCodec;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns what a catalog or an image answers into frames. Made by its {@link ServerSession}, on whose loop it lives. */
final class AnswerWriter {
    private static final Logger LOG = LoggerFactory.getLogger(AnswerWriter.class);

    private final Channel channel;
    private final MessageWriter writer;
    private final Runnable answered;

    /** @param answered told after each answer */
    AnswerWriter(Channel channel, MessageWriter writer, Runnable answered) {
        this.channel = channel;
        this.writer = writer;
        this.answered = answered;
    }

    /** Calls, and answers what comes of it, whichever thread that comes on. */
    <T> void answer(long id, Supplier<CompletableFuture<T>> call, BiConsumer<ByteBuf, T> encode) {
        whenDone(call, (value, failure) -> {
            if (failure != null) {
                fail(id, failure);
            } else {
                ByteBuf body = channel.alloc().buffer();
                encode.accept(body, value);
                send(Lane.URGENT, id, body);
            }
        });
    }

    /** Calls, and hands over what comes of it on the loop. What a call throws is a defect and told as a failure. */
    <T> void whenDone(Supplier<CompletableFuture<T>> call, BiConsumer<T, ImageException> then) {
        CompletableFuture<T> future;
        try {
            future = call.get();
        } catch (RuntimeException defect) {
            future = CompletableFuture.failedFuture(new ImageException(ImageFailure.INVALID, "a defect: " + defect, defect));
        }
        future.whenComplete((value, failure) -> {
            ImageException known = failure == null ? null : ImageException.of(failure);
            if (channel.eventLoop().inEventLoop()) {
                accept(then, value, known);
            } else {
                hop(() -> accept(then, value, known));
            }
        });
    }

    /** A future would swallow what is thrown here: it ends the connection instead, and is seen. */
    private <T> void accept(BiConsumer<T, ImageException> then, T value, ImageException failure) {
        try {
            then.accept(value, failure);
        } catch (RuntimeException defect) {
            LOG.error("an answer could not be sent", defect);
            channel.pipeline().fireExceptionCaught(defect);
        }
    }

    private void hop(Runnable then) {
        try {
            channel.eventLoop().execute(then);
        } catch (RejectedExecutionException over) {
            // the loop has ended, and with it the connection that would be answered
        }
    }

    void sendNumber(long id, long value) {
        send(Lane.URGENT, id, channel.alloc().buffer(Long.BYTES).writeLong(value));
    }

    void send(Lane lane, long id, ByteBuf body) {
        writer.write(lane, FrameType.ANSWER, id, 0, body);
        answered.run();
    }

    /** What is closed on this side is out of reach for the other: it asks again. */
    void fail(long id, ImageException failure) {
        boolean closedHere = failure.failure() == ImageFailure.CLOSED;
        ByteBuf body = channel.alloc().buffer();
        WireCodec.putFailure(body, closedHere ? new ImageException(ImageFailure.UNAVAILABLE, failure.getMessage(), failure) : failure);
        writer.write(Lane.URGENT, FrameType.FAILURE, id, 0, body);
        answered.run();
    }
}
