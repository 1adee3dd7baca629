package io.spindrift.server;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.MessageWriter;
import io.spindrift.wire.ReadCodec;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireException;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.agrona.collections.Int2ObjectHashMap;

/**
 * One known peer: its attached images and the requests it has under way. Made by its {@link ServerConnection} when the peer has
 * proved who it is, lives on the connection's loop, ends with the connection: its images are closed then, not released.
 */
final class ServerSession {
    private static final ReadPriority[] PRIORITIES = ReadPriority.values();

    private final ServerLimits limits;
    private final BatchBudget budget;
    private final ImageCatalog catalog;
    private final Channel channel;
    private final MessageWriter writer;
    private final Runnable admitLater;
    private final AnswerWriter answers;
    private final CatalogVerbs catalogVerbs;
    private final ImageVerbs imageVerbs;
    private final ReadQueue reads;
    private final Int2ObjectHashMap<LeasedImage> images = new Int2ObjectHashMap<>();
    private int lastImage;
    private int requests;
    private long batchBytes;
    private boolean readingOn;
    private boolean closed;

    ServerSession(ServerContext context, ImageCatalog catalog, Channel channel, MessageWriter writer, Runnable admitLater) {
        this.limits = context.settings().limits();
        this.budget = context.budget();
        this.catalog = catalog;
        this.channel = channel;
        this.writer = writer;
        this.admitLater = admitLater;
        this.answers = new AnswerWriter(channel, writer, () -> requests--);
        this.catalogVerbs = new CatalogVerbs(catalog, answers);
        this.imageVerbs = new ImageVerbs(answers, this::batchDone);
        this.reads = new ReadQueue(limits.readBytes(), writer::queuedBytes);
        writer.onDrained(this::readOn);
    }

    /** Whether a request may come in: false stops the reading until there is room. */
    boolean admit(FrameType type, int bodyBytes) {
        if (type == FrameType.PING || type == FrameType.PONG) {
            return true;
        }
        boolean room = requests < limits.maxRequests();
        if (room && type == FrameType.APPLY) {
            room = (batchBytes == 0 || batchBytes + bodyBytes <= limits.batchBytes()) && budget.take(bodyBytes);
            batchBytes += room ? bodyBytes : 0;
        }
        if (!room) {
            admitLater.run();
            return false;
        }
        requests++;
        return true;
    }

    private void batchDone(long bytes) {
        if (!closed) {
            batchBytes -= bytes;
            budget.giveBack(bytes);
        }
    }

    /** A whole request; the body is this session's. */
    void received(FrameType type, long requestId, int image, ByteBuf body) throws WireException {
        try {
            WireCodec.whole(body, from -> decode(type, requestId, image, from)).run();
        } finally {
            body.release();
        }
    }

    private Runnable decode(FrameType type, long id, int image, ByteBuf from) throws WireException {
        Runnable verb = image == 0 ? catalogVerb(type, id, from) : imageVerb(type, id, image, from);
        if (verb == null) {
            throw new WireException(type + " is nothing to ask " + (image == 0 ? "a catalog" : "an image"));
        }
        return verb;
    }

    private Runnable catalogVerb(FrameType type, long id, ByteBuf from) throws WireException {
        if (type == FrameType.ATTACH) {
            ImageAddress address = WireCodec.address(from);
            AttachRequest request = WireCodec.attach(from);
            return () -> lease(id, () -> catalog.attach(address, request, channel.eventLoop()));
        }
        if (type == FrameType.RESUME) {
            ImageAddress address = WireCodec.address(from);
            long epoch = from.readLong();
            UUID leaseId = WireCodec.id(from);
            return () -> lease(id, () -> catalog.resume(address, epoch, leaseId, channel.eventLoop()));
        }
        return catalogVerbs.decode(type, id, from);
    }

    private void lease(long id, Supplier<CompletableFuture<LeasedImage>> call) {
        answers.whenDone(call, (image, failure) -> {
            if (failure != null) {
                answers.fail(id, failure);
            } else if (closed) {
                image.close();
            } else {
                int number = ++lastImage;
                images.put(number, image);
                ByteBuf body = channel.alloc().buffer().writeInt(number);
                WireCodec.putLease(body, image.lease());
                answers.send(Lane.URGENT, id, body);
                image.listen(new Events(number));
            }
        });
    }

    private Runnable imageVerb(FrameType type, long id, int number, ByteBuf from) throws WireException {
        LeasedImage image = images.get(number);
        if (image == null) {
            from.skipBytes(from.readableBytes());
            return () -> {
                if (type == FrameType.APPLY) {
                    batchDone(from.writerIndex());
                }
                answers.fail(id, new ImageException(ImageFailure.CLOSED, "the image is closed"));
            };
        }
        return switch (type) {
            case READ -> read(new ReadQueue.Waiting(id, number, from.readLong(), from.readInt(), priority(from.readUnsignedByte())));
            case RELEASE -> () -> end(id, number, image::release);
            case CLOSE_IMAGE -> () -> end(id, number, image::close);
            default -> imageVerbs.decode(type, id, image, from);
        };
    }

    private static ReadPriority priority(int number) throws WireException {
        if (number >= PRIORITIES.length) {
            throw new WireException("a read of priority " + number);
        }
        return PRIORITIES[number];
    }

    private void end(long id, int number, Supplier<CompletableFuture<Void>> ending) {
        answers.answer(id, ending, (to, done) -> images.remove(number));
    }

    private Runnable read(ReadQueue.Waiting read) {
        return () -> {
            reads.add(read);
            readOn();
        };
    }

    private void readOn() {
        if (readingOn) {
            return;
        }
        // an image may answer inside the call, which comes back to here
        readingOn = true;
        for (ReadQueue.Waiting read = reads.next(); read != null && !closed; read = reads.next()) {
            begin(read);
        }
        readingOn = false;
    }

    private void begin(ReadQueue.Waiting read) {
        LeasedImage image = images.get(read.image());
        if (image == null) {
            reads.done(read);
            answers.fail(read.requestId(), new ImageException(ImageFailure.CLOSED, "the image is closed"));
            return;
        }
        answers.whenDone(() -> image.read(read.firstBlock(), read.blockCount(), read.priority()), (result, failure) -> end(read, result, failure));
    }

    private void end(ReadQueue.Waiting read, ReadResult result, ImageException failure) {
        reads.done(read);
        if (failure != null) {
            answers.fail(read.requestId(), failure);
        } else {
            answers.send(Lane.of(read.priority()), read.requestId(), ReadCodec.encode(channel.alloc(), result));
        }
        readOn();
    }

    /** The connection is gone. */
    void close() {
        closed = true;
        budget.giveBack(batchBytes);
        batchBytes = 0;
        images.values().forEach(LeasedImage::close);
        images.clear();
    }

    /** Tells the client what befalls one of its images. */
    private final class Events implements LeaseListener {
        private final int number;

        Events(int number) {
            this.number = number;
        }

        @Override
        public void fenced(String reason) {
            ByteBuf body = channel.alloc().buffer();
            WireCodec.putString(body, reason);
            writer.write(Lane.URGENT, FrameType.FENCED, 0, number, body);
        }

        @Override
        public void linkChanged(boolean up, String reason) {
            // the way to what is behind the catalog is not the client's way
        }

        @Override
        public void resized(long newSizeBytes) {
            writer.write(Lane.URGENT, FrameType.RESIZED, 0, number, channel.alloc().buffer().writeLong(newSizeBytes));
        }
    }
}
