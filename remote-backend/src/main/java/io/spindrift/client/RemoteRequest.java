package io.spindrift.client;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import io.spindrift.image.ImageException;
import io.spindrift.image.ReadResult;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;

/**
 * Something asked of the server: kept, body and all, until it is answered, so that it can be asked again. Lives on the link's loop; its
 * future completes on {@code home}.
 */
final class RemoteRequest<T> {
    /** Makes the answer of a body, which stays the caller's. */
    interface Decoder<T> {
        /** @param late whether nobody waits any more: what the server gave is to be given back */
        T decode(ByteBuf body, boolean late) throws WireException;
    }

    final FrameType type;
    final Lane lane;
    /** Null where the catalog asks. */
    final RemoteLease image;
    final ByteBuf body;
    final CompletableFuture<T> future = new CompletableFuture<>();
    /** Null where the future may complete on the link's loop. */
    private final EventExecutor home;
    private final Decoder<T> decoder;
    ScheduledFuture<?> timeout;
    /** Its number on every connection; rises in the order of the asking. */
    long id;
    /** Sent, or in line to be, on the connection that is up. */
    boolean onConnection;
    /** How often it was sent: an answer to the second may tell of what the first did. */
    int timesSent;
    /** Means something on one connection alone: forgotten with it. */
    boolean thisConnectionOnly;
    /** The end was told, and only the server's answer is outstanding. */
    boolean abandoned;

    RemoteRequest(FrameType type, Lane lane, RemoteLease image, ByteBuf body, Decoder<T> decoder) {
        this.type = type;
        this.lane = lane;
        this.image = image;
        this.body = body;
        this.home = image == null ? null : image.home();
        this.decoder = decoder;
    }

    int bodyBytes() {
        return body.readableBytes();
    }

    /** The server's answer, good or bad. @throws WireException where it is neither */
    void answered(FrameType answer, ByteBuf answerBody) throws WireException {
        if (answer == FrameType.FAILURE) {
            fail(WireCodec.whole(answerBody, WireCodec::failure));
        } else {
            done(decoder.decode(answerBody, abandoned));
        }
    }

    void done(T value) {
        end(() -> future.complete(value), value);
    }

    void fail(ImageException failure) {
        end(() -> future.completeExceptionally(failure), null);
    }

    private void end(Runnable completion, T value) {
        if (timeout != null) {
            timeout.cancel(false);
        }
        if (home == null || home.inEventLoop()) {
            completion.run();
            return;
        }
        try {
            home.execute(completion);
        } catch (RejectedExecutionException over) {
            if (value instanceof ReadResult read) {
                read.data().release();
            }
        }
    }
}
