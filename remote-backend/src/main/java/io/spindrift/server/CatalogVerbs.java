package io.spindrift.server;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireException;

/** The verbs of the catalog that need no attached image. Made by its {@link ServerSession}, on whose loop it lives. */
final class CatalogVerbs {
    private final ImageCatalog catalog;
    private final AnswerWriter answers;

    CatalogVerbs(ImageCatalog catalog, AnswerWriter answers) {
        this.catalog = catalog;
        this.answers = answers;
    }

    /** @return what to do when the body was read to its end, or null where {@code type} is no verb of these */
    Runnable decode(FrameType type, long id, ByteBuf from) throws WireException {
        return switch (type) {
            case CREATE -> create(id, WireCodec.address(from), from.readLong());
            case SHOW -> show(id, WireCodec.address(from));
            case LIST -> list(id, from.readBoolean() ? WireCodec.address(from) : null, from.readInt());
            case RESIZE -> resize(id, WireCodec.address(from), from.readLong());
            case DELETE -> delete(id, WireCodec.address(from), from.readBoolean());
            case LOCATE -> locate(id, WireCodec.address(from), from.readLong());
            default -> null;
        };
    }

    private Runnable create(long id, ImageAddress address, long sizeBytes) {
        return () -> answers.answer(id, () -> catalog.create(address, sizeBytes), WireCodec::putInfo);
    }

    private Runnable show(long id, ImageAddress address) {
        return () -> answers.answer(id, () -> catalog.show(address), WireCodec::putInfo);
    }

    private Runnable list(long id, ImageAddress startAfter, int limit) {
        return () -> answers.answer(id, () -> catalog.list(startAfter, limit), WireCodec::putInfos);
    }

    private Runnable resize(long id, ImageAddress address, long sizeBytes) {
        return () -> answers.answer(id, () -> catalog.resize(address, sizeBytes), WireCodec::putInfo);
    }

    private Runnable delete(long id, ImageAddress address, boolean force) {
        return () -> answers.answer(id, () -> catalog.delete(address, force), (to, done) -> {});
    }

    private Runnable locate(long id, ImageAddress address, long block) {
        return () -> answers.answer(id, () -> catalog.locate(address, block), WireCodec::putPlace);
    }
}
