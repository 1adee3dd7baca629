package io.spindrift.engine.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.engine.EngineSetup;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.Batch;
import io.spindrift.image.Batch.BatchExtent;
import io.spindrift.image.BlockChecksums;
import io.spindrift.image.BlockRun;
import io.spindrift.image.Damage;
import io.spindrift.image.Damage.Harm;
import io.spindrift.image.DiskType;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.store.MemoryStore;
import io.spindrift.store.StoredObject;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is damaged in a store is told by image and block, and a good copy takes its place; a wrong copy never does. */
class StoreCheckTest {
    private static final ImageAddress DISK = new ImageAddress("alice", DiskType.DATA, "disk0");
    private static final int BLOCKS = 64;

    private final MemoryStore store = new MemoryStore();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final byte[][] content = new byte[BLOCKS][];
    private EngineSetup setup;
    private LeasedImage image;
    private long sequence;

    @BeforeEach
    void fill() throws Exception {
        setup = new EngineSetup(store, EngineSetup.eager(), 1, now);
        setup.await(setup.catalog("alice").create(DISK, BLOCKS * 4096L));
        AttachRequest request = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(1, 2), null);
        image = setup.await(setup.catalog("alice").attach(DISK, request, setup.home()));
        for (int first = 0; first < BLOCKS; first += 16) {
            write(first, 16);
        }
    }

    @AfterEach
    void close() throws Exception {
        setup.close();
    }

    private void write(int first, int count) throws Exception {
        List<BatchExtent> extents = new ArrayList<>();
        for (int block = first; block < first + count; block++) {
            content[block] = new byte[4096];
            new Random(1000 * sequence + block).nextBytes(content[block]);
            extents.add(new BatchExtent(block, 1, Unpooled.wrappedBuffer(content[block])));
        }
        setup.call(() -> image.apply(new Batch(image.lease().epoch(), sequence, sequence + 1, extents)));
        sequence++;
    }

    private List<Damage> check() throws Exception {
        List<Damage> found = new ArrayList<>();
        new StoreCheck(store, address -> true, true, found::add).run();
        return found;
    }

    private void flip(String object, long at) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate((int) store.length(object));
        store.read(object, 0, bytes);
        bytes.put((int) at, (byte) (bytes.get((int) at) ^ 1));
        store.put(object, bytes.flip());
    }

    private void damage(int block) throws Exception {
        var place = setup.await(setup.catalog("alice").locate(DISK, block));
        flip(place.object(), place.offsetBytes() + 77);
    }

    private ImageFailure failureOf(int block) {
        return assertThrows(ImageException.class, () -> setup.call(() -> image.read(block, 1, ReadPriority.DEMAND))).failure();
    }

    private byte[] read(int block) throws Exception {
        ReadResult result = setup.call(() -> image.read(block, 1, ReadPriority.DEMAND));
        byte[] bytes = io.netty.buffer.ByteBufUtil.getBytes(result.data());
        result.data().release();
        return bytes;
    }

    @Test
    void aWholeStoreHasNoDamage() throws Exception {
        setup.call(() -> image.writeSidecar("boot", new byte[100]));
        write(3, 9);
        assertEquals(List.of(), check());
    }

    @Test
    void aDamagedBlockIsToldByImageAndBlockAndPlace() throws Exception {
        damage(21);
        List<Damage> found = check();
        assertEquals(1, found.size(), found.toString());
        assertEquals(new Damage.Blocks(DISK.toString(), 21, 1), found.get(0).blocks());
        assertEquals(21 * 8, found.get(0).blocks().lba());
        assertEquals(Harm.REFUSED, found.get(0).harm());
        var place = setup.await(setup.catalog("alice").locate(DISK, 21));
        assertEquals(place.object(), found.get(0).place());
        assertEquals(place.offsetBytes(), found.get(0).offsetBytes());
    }

    @Test
    void whatNobodyNeedsIsToldApart() throws Exception {
        var place = setup.await(setup.catalog("alice").locate(DISK, 5));
        write(5, 1);
        flip(place.object(), place.offsetBytes());
        List<Damage> found = check();
        assertEquals(List.of(Harm.UNUSED), found.stream().map(Damage::harm).toList(), found.toString());
    }

    @Test
    void everyObjectIsLookedAt() throws Exception {
        setup.call(() -> image.writeSidecar("boot", new byte[100]));
        for (StoredObject object : store.list("", "", 10_000)) {
            flip(object.name(), 9);
            assertTrue(check().stream().anyMatch(damage -> damage.place().equals(object.name())), object.name());
            flip(object.name(), 9);
        }
    }

    @Test
    void aSegmentThatIsGoneIsToldBlockByBlock() throws Exception {
        var place = setup.await(setup.catalog("alice").locate(DISK, 0));
        setup.call(image::release);
        setup.close();
        // Below a checkpoint, so that the image can be opened without it.
        store.delete(place.object());
        List<Damage> found = check();
        setup = new EngineSetup(store, EngineSetup.eager(), 2, now);
        long blocks = found.stream().filter(damage -> damage.harm() == Harm.REFUSED && damage.blocks() != null).mapToLong(damage -> damage.blocks().blockCount()).sum();
        assertTrue(blocks == 16 || found.stream().anyMatch(damage -> damage.what().contains("can't be opened")), found.toString());
    }

    @Test
    void verifyNamesTheDamagedRunsAndBringsNothing() throws Exception {
        damage(3);
        damage(4);
        damage(60);
        assertEquals(List.of(new BlockRun(3, 2), new BlockRun(60, 1)), setup.call(() -> image.verify(0, BLOCKS)).runs());
    }

    @Test
    void aGoodCopyIsTakenAndAWrongOneIsNot() throws Exception {
        damage(3);
        assertEquals(ImageFailure.CORRUPT, failureOf(3));
        byte[] other = new byte[4096];
        assertEquals(0, offer(3, other));
        assertEquals(ImageFailure.CORRUPT, failureOf(3));
        assertEquals(1, offer(3, content[3]));
        org.junit.jupiter.api.Assertions.assertArrayEquals(content[3], read(3));
        assertEquals(0, offer(4, other), "a block that is whole is left alone");
        org.junit.jupiter.api.Assertions.assertArrayEquals(content[4], read(4));
        assertEquals(List.of(Harm.UNUSED), check().stream().map(Damage::harm).toList(), "the damaged slot is nobody's now");
        ImageException lying = assertThrows(ImageException.class, () -> setup.call(() -> image.repair(3, Unpooled.wrappedBuffer(content[3].clone()), new int[] {1})));
        assertEquals(ImageFailure.CORRUPT, lying.failure());
    }

    private int offer(long block, byte[] bytes) throws Exception {
        ByteBuf data = Unpooled.copiedBuffer(bytes);
        return setup.call(() -> image.repair(block, data, BlockChecksums.ofAll(data)));
    }

    @Test
    void aStoreThatNobodyHasOpenIsRepairedFromCopies() throws Exception {
        damage(3);
        damage(40);
        setup.close();
        StoreCheck pass = new StoreCheck(store, address -> true, true, damage -> { }).run();
        StoreRepair repair = new StoreRepair(store, InstantSource.system());
        List<Long> repaired = repair.repair(pass.image(DISK), List.of(3L, 40L), new StoreRepair.Copies() {
            @Override
            public HistoryPoint point() {
                return null;
            }

            @Override
            public boolean copy(long block, ByteBuf dst) {
                // Of block 40 there is only an older copy.
                dst.setBytes(0, block == 3 ? content[3] : content[41]);
                return true;
            }
        });
        assertEquals(List.of(3L), repaired);
        assertEquals(List.of(40L), check().stream().filter(damage -> damage.harm() == Harm.REFUSED).map(damage -> damage.blocks().firstBlock()).toList());
        setup = new EngineSetup(store, EngineSetup.eager(), 2, now);
        AttachRequest request = new AttachRequest(new HostIdentity(new UUID(1, 1), "host"), new UUID(1, 2), null);
        image = setup.await(setup.catalog("alice").attach(DISK, request, setup.home()));
        org.junit.jupiter.api.Assertions.assertArrayEquals(content[3], read(3));
        assertEquals(ImageFailure.CORRUPT, failureOf(40));
    }
}
