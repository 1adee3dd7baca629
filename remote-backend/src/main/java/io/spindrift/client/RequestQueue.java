package io.spindrift.client;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.MessageWriter;
import io.spindrift.wire.WireException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * What was asked and is not answered, in the order of the asking. Made by its {@link RemoteLink}, on whose loop it lives. Bounded: {@link
 * #MAX_REQUESTS} requests, and {@link #MAX_BODY_BYTES} bytes of their bodies, which are nearly all batches; more is refused with FULL.
 */
final class RequestQueue {
    static final int MAX_REQUESTS = 4096;
    static final long MAX_BODY_BYTES = 512L << 20;

    private final Long2ObjectHashMap<RemoteRequest<?>> byId = new Long2ObjectHashMap<>();
    /** Batches that wait for room on the server, in order. */
    private final ArrayDeque<Long> batches = new ArrayDeque<>();
    private MessageWriter writer;
    private long batchLimit;
    private long batchBytes;
    private long bodyBytes;
    private long lastId;
    private String trouble = "not connected yet";

    long newId() {
        return ++lastId;
    }

    boolean isEmpty() {
        return byId.isEmpty();
    }

    boolean hasRoom(RemoteRequest<?> request) {
        return byId.size() < MAX_REQUESTS && bodyBytes + request.bodyBytes() <= MAX_BODY_BYTES;
    }

    void add(RemoteRequest<?> request) {
        request.id = newId();
        byId.put(request.id, request);
        bodyBytes += request.bodyBytes();
    }

    void lastTrouble(String reason) {
        trouble = reason;
    }

    void connected(MessageWriter newWriter, long newBatchLimit) {
        writer = newWriter;
        batchLimit = newBatchLimit;
    }

    void disconnected() {
        writer = null;
        batchBytes = 0;
        batches.clear();
        for (RemoteRequest<?> request : inOrder(one -> true)) {
            request.onConnection = false;
            if (request.abandoned || request.thisConnectionOnly) {
                remove(request);
            }
        }
    }

    /** Sends where the connection and the image are ready for it; otherwise it goes out when they are. */
    void send(RemoteRequest<?> request) {
        if (writer == null || request.onConnection || request.image != null && !request.image.isReady()) {
            return;
        }
        request.onConnection = true;
        if (request.type == FrameType.APPLY) {
            batches.add(request.id);
            sendBatches();
        } else {
            write(request);
        }
    }

    private void sendBatches() {
        while (writer != null && !batches.isEmpty()) {
            RemoteRequest<?> next = byId.get(batches.peek().longValue());
            if (next != null && batchBytes > 0 && batchBytes + next.bodyBytes() > batchLimit) {
                return;
            }
            batches.poll();
            if (next != null) {
                batchBytes += next.bodyBytes();
                write(next);
            }
        }
    }

    private void write(RemoteRequest<?> request) {
        request.timesSent++;
        int image = request.image == null ? 0 : request.image.number();
        writer.write(request.lane, request.type, request.id, image, request.body.retainedDuplicate());
    }

    void sendCatalogRequests() {
        inOrder(request -> request.image == null).forEach(this::send);
    }

    void sendRequestsOf(RemoteLease image) {
        inOrder(request -> request.image == image).forEach(this::send);
    }

    void answered(FrameType type, long id, ByteBuf body) throws WireException {
        RemoteRequest<?> request = byId.get(id);
        if (request == null) {
            return;
        }
        remove(request);
        try {
            request.answered(type, body);
        } catch (WireException malformed) {
            // The connection ends over it; whoever asked must not wait for another answer.
            request.fail(new ImageException(ImageFailure.INVALID, "the storage server's answer makes no sense: " + malformed.getMessage(), malformed));
            throw malformed;
        }
        sendBatches();
    }

    private void remove(RemoteRequest<?> request) {
        byId.remove(request.id);
        bodyBytes -= request.bodyBytes();
        if (request.type == FrameType.APPLY && request.onConnection && !batches.contains(request.id)) {
            batchBytes -= request.bodyBytes();
        }
        request.body.release();
    }

    /** A verb of the catalog had no answer in time. It stays known, so that an attach which is granted later is closed. */
    void abandon(RemoteRequest<?> request, long timeoutMs) {
        request.abandoned = true;
        request.fail(new ImageException(ImageFailure.UNAVAILABLE, "no answer of the storage server within " + timeoutMs + " ms; " + trouble));
        if (!request.onConnection && byId.get(request.id) == request) {
            remove(request);
        }
    }

    void failCatalogRequests(ImageException reason) {
        fail(reason, request -> request.image == null);
    }

    void failRequestsOf(RemoteLease image, ImageException reason) {
        fail(reason, request -> request.image == image);
    }

    void failAll(ImageException reason) {
        fail(reason, request -> true);
    }

    /** Ends a release of the image that may have reached the server before as one that was done. @return whether there was one */
    @SuppressWarnings("unchecked")
    boolean endRepeatedRelease(RemoteLease image) {
        List<RemoteRequest<?>> releases = inOrder(one -> one.image == image && one.type == FrameType.RELEASE && one.timesSent > 0);
        for (RemoteRequest<?> release : releases) {
            remove(release);
            ((RemoteRequest<Void>) release).done(null);
        }
        return !releases.isEmpty();
    }

    private void fail(ImageException reason, Predicate<RemoteRequest<?>> which) {
        for (RemoteRequest<?> request : inOrder(which)) {
            if (byId.get(request.id) == request) {
                remove(request);
                request.fail(reason);
            }
        }
    }

    private List<RemoteRequest<?>> inOrder(Predicate<RemoteRequest<?>> which) {
        List<RemoteRequest<?>> chosen = new ArrayList<>();
        byId.values().forEach(request -> {
            if (which.test(request)) {
                chosen.add(request);
            }
        });
        chosen.sort((one, other) -> Long.compare(one.id, other.id));
        return chosen;
    }
}
