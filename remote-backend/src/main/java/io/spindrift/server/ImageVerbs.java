package io.spindrift.server;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.Batch;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.LeasedImage;
import io.spindrift.wire.BatchCodec;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireException;
import java.util.function.LongConsumer;

/** The verbs of an attached image but reads, which {@link ReadQueue} orders. Made by its {@link ServerSession}, on whose loop it lives. */
final class ImageVerbs {
    private final AnswerWriter answers;
    private final LongConsumer batchDone;

    /** @param batchDone told the bytes of each batch that was answered */
    ImageVerbs(AnswerWriter answers, LongConsumer batchDone) {
        this.answers = answers;
        this.batchDone = batchDone;
    }

    /** @return what to do when the body was read to its end, or null where {@code type} is no verb of these */
    Runnable decode(FrameType type, long id, LeasedImage image, ByteBuf from) throws WireException {
        return switch (type) {
            case INFO -> () -> answers.answer(id, image::info, WireCodec::putInfo);
            case EXTENTS -> extents(id, image, from.readLong(), from.readLong());
            case APPLY -> apply(id, image, from);
            case CHANGED_SINCE -> changedSince(id, image, WireCodec.point(from), from.readLong());
            case WRITE_SIDECAR -> writeSidecar(id, image, WireCodec.string(from), WireCodec.sidecar(from));
            case READ_SIDECAR -> readSidecar(id, image, WireCodec.string(from));
            case VERIFY -> verify(id, image, from.readLong(), from.readInt());
            case REPAIR -> repair(id, image, BatchCodec.decodeRepair(from));
            case RENEW -> renew(id, image, from.readLong());
            default -> null;
        };
    }

    private Runnable extents(long id, LeasedImage image, long firstBlock, long blockCount) {
        return () -> answers.answer(id, () -> image.extents(firstBlock, blockCount), WireCodec::putPage);
    }

    private Runnable apply(long id, LeasedImage image, ByteBuf from) throws WireException {
        int bytes = from.readableBytes();
        Batch batch = BatchCodec.decode(from);
        from.skipBytes(bytes);
        return () -> answers.whenDone(() -> image.apply(batch), (applied, failure) -> {
            batchDone.accept(bytes);
            if (failure != null) {
                answers.fail(id, failure);
            } else {
                answers.sendNumber(id, applied);
            }
        });
    }

    private Runnable changedSince(long id, LeasedImage image, HistoryPoint point, long firstBlock) {
        return () -> answers.answer(id, () -> image.changedSince(point, firstBlock), WireCodec::putPage);
    }

    private Runnable verify(long id, LeasedImage image, long firstBlock, int blockCount) {
        return () -> answers.answer(id, () -> image.verify(firstBlock, blockCount), WireCodec::putPage);
    }

    private Runnable repair(long id, LeasedImage image, BatchCodec.Offer offer) {
        return () -> answers.answer(id, () -> image.repair(offer.firstBlock(), offer.data(), offer.checksums()), ByteBuf::writeInt);
    }

    private Runnable writeSidecar(long id, LeasedImage image, String name, byte[] value) {
        return () -> answers.answer(id, () -> image.writeSidecar(name, value), (to, done) -> {});
    }

    private Runnable readSidecar(long id, LeasedImage image, String name) {
        return () -> answers.answer(id, () -> image.readSidecar(name), WireCodec::putSidecar);
    }

    private Runnable renew(long id, LeasedImage image, long dirtyBytes) {
        return () -> answers.answer(id, () -> image.renew(dirtyBytes), (to, done) -> {});
    }
}
