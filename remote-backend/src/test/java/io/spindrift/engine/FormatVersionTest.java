package io.spindrift.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.store.MemoryStore;
import io.spindrift.store.StoredObject;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Objects that an image leaves, written by another version: refused, with a line that names the object and says so. A manifest is passed over instead where
 * the log tells the same.
 */
class FormatVersionTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final int BLOCKS = 64;

    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final MemoryStore store = new MemoryStore();

    private static LeasedImage attach(EngineSetup setup) throws ImageException {
        AttachRequest request = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(1, 2), null);
        return setup.await(setup.catalog("alice").attach(DISK, request, setup.home()));
    }

    private void fill() throws Exception {
        EngineSetup setup = new EngineSetup(store, EngineSetup.eager(), 1, now);
        setup.await(setup.catalog("alice").create(DISK, BLOCKS * Image.BLOCK_BYTES));
        LeasedImage image = attach(setup);
        setup.call(() -> image.writeSidecar("boot", new byte[] {1, 2, 3}));
        for (int from = 0; from < 12; from++) {
            long stamp = from + 1L;
            List<BatchExtent> extents = new ArrayList<>();
            for (int block = 4 * from; block < 4 * from + 8; block++) {
                extents.add(new BatchExtent(block, 1, Unpooled.buffer(4096).writeLong(stamp).writeZero(4088)));
            }
            Batch batch = new Batch(image.lease().epoch(), from, stamp, extents);
            setup.call(() -> image.apply(batch));
        }
        setup.call(image::release);
        setup.close();
    }

    /** @param at where the version is; {@code bytes} it has */
    @ParameterizedTest
    @CsvSource({"/log/, 4, 2", "users/, 4, 4", "/sidecar/, 4, 4"})
    void anObjectOfAnotherVersionIsRefusedByName(String kind, int at, int bytes) throws Exception {
        fill();
        int refused = 0;
        for (StoredObject victim : store.list("", "", 10_000)) {
            if (victim.name().contains(kind)) {
                refused += refused(victim, at, bytes);
            }
        }
        assertTrue(refused > 0, "no object of " + kind + " was needed");
    }

    private int refused(StoredObject victim, int at, int bytes) throws Exception {
        MemoryStore copy = new MemoryStore();
        for (StoredObject object : store.list("", "", 10_000)) {
            ByteBuffer content = ByteBuffer.allocate((int) object.length());
            store.read(object.name(), 0, content);
            if (object.name().equals(victim.name())) {
                if (bytes == 2) {
                    content.putShort(at, (short) 9);
                } else {
                    content.putInt(at, 9);
                }
            }
            copy.putIfAbsent(object.name(), content.flip());
        }
        EngineSetup setup = new EngineSetup(copy, EngineSetup.eager(), 2, now);
        try {
            use(setup);
            return 0;
        } catch (ImageException refusal) {
            assertEquals(ImageFailure.CORRUPT, refusal.failure(), refusal.getMessage());
            assertTrue(refusal.getMessage().contains(victim.name()), refusal.getMessage());
            assertTrue(refusal.getMessage().contains("written in format 9, this version reads format 1"), refusal.getMessage());
            return 1;
        } finally {
            setup.close();
        }
    }

    private static void use(EngineSetup setup) throws ImageException {
        LeasedImage image = attach(setup);
        setup.call(() -> image.readSidecar("boot"));
        for (int block = 0; block < BLOCKS; block++) {
            int asked = block;
            setup.call(() -> image.read(asked, 1, ReadPriority.DEMAND)).data().release();
        }
    }
}
