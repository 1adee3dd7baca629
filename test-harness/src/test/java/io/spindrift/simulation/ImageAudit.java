package io.spindrift.simulation;

import io.spindrift.engine.EngineSettings;
import io.spindrift.engine.ImageEngine;
import io.spindrift.image.BlockPlace;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * Reads an image out of a store as an engine that opens it now would show it, changing nothing: what would be left if every host and server were gone.
 * Made by a {@link Simulation}.
 */
final class ImageAudit {
    private static final int MAX_TURNS = 10_000;

    private final SimulatedWorld world;
    private final SegmentStore store;
    private final ImageAddress address;
    private final int blocks;

    ImageAudit(SimulatedWorld world, SegmentStore store, ImageAddress address, int blocks) {
        this.world = world;
        this.store = store;
        this.address = address;
        this.blocks = blocks;
    }

    /** @return the sequence in each unit; null where there is no image yet */
    long[] read() {
        SimulatedLoop loop = new SimulatedLoop(world.ticker(), world::defect);
        ImageEngine engine = new ImageEngine(EngineSettings.defaults(), unchanged(), loop, Runnable::run, world.instants(), new Random(1));
        await(loop, engine.open());
        ImageCatalog catalog = engine.catalog(address.user());
        CompletableFuture<?> shown = catalog.show(address);
        settle(loop, shown);
        if (shown.isCompletedExceptionally()) {
            return null;
        }
        long[] found = new long[blocks * Image.BLOCK_BYTES / GuestData.UNIT_BYTES];
        for (int block = 0; block < blocks; block++) {
            block(found, block, await(loop, catalog.locate(address, block)));
        }
        return found;
    }

    private void block(long[] found, int block, BlockPlace place) {
        if (place.object() == null) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(Image.BLOCK_BYTES);
        try {
            store.read(place.object(), place.offsetBytes(), bytes);
        } catch (StoreException e) {
            throw new AssertionError("block " + block + " of the image can't be read: " + e.getMessage());
        }
        int unitsOfBlock = Image.BLOCK_BYTES / GuestData.UNIT_BYTES;
        for (int at = 0; at < unitsOfBlock; at++) {
            found[block * unitsOfBlock + at] = GuestData.sequence(bytes, at * GuestData.UNIT_BYTES, block * unitsOfBlock + at);
        }
    }

    private SegmentStore unchanged() {
        return Forwarding.of(SegmentStore.class, (method, arguments) -> switch (method.getName()) {
            case "put", "putIfAbsent" -> throw new StoreException(StoreException.Kind.UNAVAILABLE, "an audit changes nothing");
            case "delete", "close" -> null;
            default -> Forwarding.forward(store, method, arguments);
        });
    }

    private static void settle(SimulatedLoop loop, CompletableFuture<?> future) {
        for (int turn = 0; turn < MAX_TURNS && !future.isDone(); turn++) {
            loop.runNow();
        }
    }

    private static <T> T await(SimulatedLoop loop, CompletableFuture<T> future) {
        settle(loop, future);
        if (!future.isDone()) {
            throw new AssertionError("the image can't be read without waiting");
        }
        return future.join();
    }
}
