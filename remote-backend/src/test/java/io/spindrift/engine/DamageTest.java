package io.spindrift.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.store.MemoryStore;
import io.spindrift.store.StoredObject;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One bit of one object flipped, in every object that an image leaves: what is read is right or refused, with one line, and the rest is there. */
class DamageTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final ImageAddress OTHER = new ImageAddress("alice", DiskType.DATA, "disk1");
    private static final int BLOCKS = 64;
    private static final int ROUNDS_OF_OBJECT = 3;

    private final MemoryStore store = new MemoryStore();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final Random random = new Random(9);
    private final long[] stamps = new long[BLOCKS];

    private EngineSetup start() throws Exception {
        return new EngineSetup(store, EngineSetup.eager(), 1, now);
    }

    private static LeasedImage attach(EngineSetup setup, ImageAddress address) throws ImageException {
        AttachRequest request = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(1, 2), null);
        return setup.await(setup.catalog("alice").attach(address, request, setup.home()));
    }

    @BeforeEach
    void fill() throws Exception {
        EngineSetup setup = start();
        for (ImageAddress address : List.of(OTHER, DISK)) {
            java.util.Arrays.fill(stamps, 0);
            setup.await(setup.catalog("alice").create(address, BLOCKS * Image.BLOCK_BYTES));
            LeasedImage image = attach(setup, address);
            setup.call(() -> image.writeSidecar("boot", new byte[] {1, 2, 3}));
            setup.await(setup.catalog("alice").resize(address, 2 * BLOCKS * Image.BLOCK_BYTES));
            for (int i = 0; i < 12; i++) {
                write(setup, image, i, random.nextInt(BLOCKS - 8));
            }
            setup.call(image::release);
        }
        setup.close();
    }

    private void write(EngineSetup setup, LeasedImage image, long from, int first) throws ImageException {
        List<BatchExtent> extents = new ArrayList<>();
        for (int block = first; block < first + 8; block++) {
            stamps[block] = from + 1;
            extents.add(new BatchExtent(block, 1, Unpooled.buffer(4096).writeLong(from + 1).writeZero(4088)));
        }
        setup.call(() -> image.apply(new Batch(image.lease().epoch(), from, from + 1, extents)));
    }

    @Test
    void everyObjectOfAnImage() throws Exception {
        List<StoredObject> all = store.list("", "", 10_000);
        int refusals = 0;
        for (StoredObject object : all) {
            for (int round = 0; round < ROUNDS_OF_OBJECT; round++) {
                long at = round == 0 ? 6 : random.nextLong(object.length());
                refusals += damaged(all, object, at, 1 << random.nextInt(8));
            }
        }
        assertTrue(refusals > 10, "damage must have been met: " + refusals);
    }

    @Test
    void whatIsDamagedHidesNothingElseFromAList() throws Exception {
        List<StoredObject> all = store.list("", "", 10_000);
        int damagedNames = 0;
        for (StoredObject object : all) {
            EngineSetup setup = new EngineSetup(copyWithFlippedBit(all, object, Math.min(6, object.length() - 1), 1), EngineSetup.eager(), 2, now);
            List<ImageInfo> rows = setup.await(setup.catalog("alice").list(null, 10));
            assertEquals(List.of(DISK, OTHER), rows.stream().map(ImageInfo::address).toList(), object.name());
            for (ImageInfo row : rows) {
                assertTrue(row.damage() == null ? row.sizeBytes() == 2 * BLOCKS * Image.BLOCK_BYTES : row.damage().contains(object.name()), row.toString());
            }
            assertTrue(rows.get(0).damage() == null || rows.get(1).damage() == null, object.name());
            if (object.name().contains("users/")) {
                assertTrue(rows.stream().anyMatch(row -> row.damage() != null), object.name());
                damagedNames++;
            }
            setup.close();
        }
        assertEquals(2, damagedNames, "two names");
    }

    @Test
    void anImageThatCanNotBeReadHasARowThatSaysSo() throws Exception {
        List<StoredObject> all = store.list("", "", 10_000);
        EngineSetup whole = new EngineSetup(copyWithFlippedBit(all, null, 0, 0), EngineSetup.eager(), 2, now);
        ImageInfo right = whole.await(whole.catalog("alice").show(DISK));
        assertNull(right.damage());
        whole.close();
        MemoryStore copy = copyWithFlippedBit(all, null, 0, 0);
        // Its log too: as long as that is kept whole, an image can do without a checkpoint.
        for (String folder : List.of(ObjectNames.manifests(right.imageId()), ObjectNames.log(right.imageId()))) {
            for (StoredObject object : copy.list(folder, "", 100)) {
                copy.put(object.name(), ByteBuffer.wrap(new byte[(int) object.length()]));
            }
        }
        EngineSetup setup = new EngineSetup(copy, EngineSetup.eager(), 2, now);
        List<ImageInfo> rows = setup.await(setup.catalog("alice").list(null, 10));
        assertEquals(List.of(DISK, OTHER), rows.stream().map(ImageInfo::address).toList());
        assertTrue(rows.get(0).damage().contains(right.imageId().toString()), rows.get(0).damage());
        assertEquals(right.imageId(), rows.get(0).imageId());
        assertNull(rows.get(1).damage());
        setup.close();
    }

    /** @param victim null for a copy without damage */
    private MemoryStore copyWithFlippedBit(List<StoredObject> all, StoredObject victim, long at, int bit) throws Exception {
        MemoryStore copy = new MemoryStore();
        for (StoredObject object : all) {
            ByteBuffer bytes = ByteBuffer.allocate((int) object.length());
            store.read(object.name(), 0, bytes);
            if (victim != null && object.name().equals(victim.name())) {
                bytes.put((int) at, (byte) (bytes.get((int) at) ^ bit));
            }
            copy.putIfAbsent(object.name(), bytes.flip());
        }
        return copy;
    }

    /** Works on a copy of the store. */
    private int damaged(List<StoredObject> all, StoredObject victim, long at, int bit) throws Exception {
        EngineSetup setup = new EngineSetup(copyWithFlippedBit(all, victim, at, bit), EngineSetup.eager(), 2, now);
        String what = victim.name() + " at " + at;
        int hurt = refusals(setup, DISK, what, true);
        int other = refusals(setup, OTHER, what, false);
        setup.close();
        assertFalse(hurt > 0 && other > 0, "both images are hurt by " + what);
        return hurt + other;
    }

    private int refusals(EngineSetup setup, ImageAddress address, String what, boolean compare) throws ImageException {
        int refused = 0;
        try {
            LeasedImage image = attach(setup, address);
            for (int block = 0; block < BLOCKS; block++) {
                refused += block(setup, image, block, what, compare);
            }
            try {
                assertEquals(3, setup.call(() -> image.readSidecar("boot")).length);
            } catch (ImageException e) {
                refused += explained(e, what);
            }
        } catch (ImageException e) {
            refused += explained(e, what);
        }
        return refused;
    }

    private int block(EngineSetup setup, LeasedImage image, int block, String what, boolean compare) {
        try {
            ReadResult read = setup.call(() -> image.read(block, 1, ReadPriority.DEMAND));
            long stamp = read.data().getLong(0);
            read.data().release();
            assertTrue(!compare || stamp == stamps[block], "block " + block + " is served wrong after " + what);
            return 0;
        } catch (ImageException e) {
            return explained(e, what);
        }
    }

    private static int explained(ImageException e, String what) {
        assertEquals(ImageFailure.CORRUPT, e.failure(), what + ": " + e.getMessage());
        assertFalse(e.getMessage().contains("\n"), e.getMessage());
        assertTrue(e.getMessage().contains(what.substring(0, what.indexOf(" at "))), what + ": " + e.getMessage());
        return 1;
    }
}
