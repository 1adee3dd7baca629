package io.spindrift.config.kept;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.DiskType;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.MemoryCatalog;
import io.spindrift.scsi.UnitStore;
import io.spindrift.scsi.UnitStoreContract;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts, one image, on one thread under a clock that stands still unless a test turns it. */
class ImageUnitStoreTest extends UnitStoreContract {
    private static final ImageAddress ADDRESS = new ImageAddress("alice", DiskType.DATA, "disk0");

    @TempDir
    private Path folder;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop home = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
    private final MemoryCatalog catalog = new MemoryCatalog("alice", () -> Instant.parse("2026-11-21T08:00:00Z"), new Random(1));
    private final ImageInfo info = catalog.create(ADDRESS, 1 << 20).join();
    private final Host one = new Host("one");
    private final Host two = new Host("two");

    /** A host with a folder of its own; its image can be made unreachable. */
    private final class Host {
        final String name;
        final UUID journal;
        final HostIdentity identity;
        LeasedImage image;
        boolean away;

        Host(String name) {
            this.name = name;
            this.journal = UUID.nameUUIDFromBytes(name.getBytes());
            this.identity = new HostIdentity(UUID.nameUUIDFromBytes((name + " host").getBytes()), name);
        }

        Path file() {
            return folder.resolve(name).resolve("unit");
        }

        ImageUnitStore store() {
            return new ImageUnitStore(home, new KeptFile(file(), Runnable::run), info.imageId(), () -> image);
        }

        ImageUnitStore attached() {
            ImageUnitStore store = store();
            attach();
            store.isSettled();
            run();
            assertTrue(store.isSettled() || away);
            return store;
        }

        void attach() {
            LeasedImage real = await(catalog.attach(ADDRESS, new AttachRequest(identity, journal, null), home));
            image = (LeasedImage) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {LeasedImage.class}, (proxy, method, arguments) ->
                    away && method.getName().endsWith("Sidecar")
                            ? CompletableFuture.failedFuture(new ImageException(ImageFailure.UNAVAILABLE, "the link is down"))
                            : method.invoke(real, arguments));
        }

        /** As a kill: the lease stays with the journal. */
        void die() {
            image.close();
            run();
            image = null;
        }

        void release() {
            await(image.release());
            image = null;
        }
    }

    private void run() {
        for (int i = 0; i < 100; i++) {
            home.runNow();
        }
    }

    private <T> T await(CompletableFuture<T> future) {
        run();
        return future.join();
    }

    private void pass(long seconds) {
        ticker.advance(seconds, TimeUnit.SECONDS);
        run();
    }

    @Override
    protected UnitStore open() {
        return one.attached();
    }

    @Override
    protected void runUntilEnded(CompletableFuture<Void> save) {
        run();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }

    @Test
    void anotherHostFindsWhatWasSaved() {
        ImageUnitStore store = one.attached();
        await(store.save("reservations", bytes(1, 2)));
        one.release();
        ImageUnitStore other = two.attached();
        assertArrayEquals(bytes(1, 2), other.load("reservations"));
        await(other.save("reservations", bytes(3)));
        two.release();
        assertArrayEquals(bytes(3), one.attached().load("reservations"), "the former file does not count any more");
    }

    @Test
    void beforeTheLeaseTheFileTellsAndIsNotTheLastWord() {
        await(one.attached().save("modes", bytes(7)));
        one.die();
        ImageUnitStore store = one.store();
        AtomicInteger told = new AtomicInteger();
        store.listen(told::incrementAndGet);
        run();
        assertArrayEquals(bytes(7), store.load("modes"));
        assertFalse(store.isSettled());
        assertEquals(1, told.get());
        one.attach();
        store.isSettled();
        run();
        assertTrue(store.isSettled());
        assertEquals(2, told.get());
    }

    @Test
    void aSaveWhileTheImageIsAwayIsInTheFileAndGoesToTheImageLater() {
        ImageUnitStore store = one.attached();
        await(store.save("modes", bytes(1)));
        one.away = true;
        await(store.save("modes", bytes(2)));
        assertArrayEquals(bytes(1), inImage());
        pass(2);
        assertArrayEquals(bytes(1), inImage());
        one.away = false;
        pass(2);
        assertArrayEquals(bytes(2), inImage());
    }

    private byte[] inImage() {
        boolean before = one.away;
        one.away = false;
        byte[] sidecar = await(one.image.readSidecar(ImageUnitStore.SIDECAR));
        one.away = before;
        return KeptValues.decode(sidecar).values().get("modes");
    }

    @Test
    void whatOnlyTheFileHasIsTakenUpAgainByItsHost() {
        ImageUnitStore store = one.attached();
        one.away = true;
        await(store.save("modes", bytes(2)));
        one.die();
        one.away = false;
        assertArrayEquals(bytes(2), one.attached().load("modes"));
        assertArrayEquals(bytes(2), inImage());
        one.release();
        assertArrayEquals(bytes(2), two.attached().load("modes"));
    }

    @Test
    void afterAnotherHostsLeaseTheFileIsHistory() {
        ImageUnitStore store = one.attached();
        one.away = true;
        await(store.save("modes", bytes(2)));
        one.away = false;
        one.release();
        assertNull(two.attached().load("modes"));
        two.release();
        assertNull(one.attached().load("modes"), "the other host has served without");
        one.die();
        assertNull(one.attached().load("modes"), "and it stays so");
    }

    @Test
    void itIsReadAgainUntilTheImageAnswers() {
        one.away = true;
        ImageUnitStore store = one.attached();
        AtomicInteger told = new AtomicInteger();
        store.whenSettled(told::incrementAndGet);
        assertFalse(store.isSettled());
        pass(2);
        assertFalse(store.isSettled());
        one.away = false;
        pass(2);
        assertTrue(store.isSettled());
        assertEquals(1, told.get());
        one.image = null;
        assertFalse(store.isSettled(), "without the image it is not the last word");
    }

    @Test
    void closingOffersTheImageWhatItHasNot() {
        ImageUnitStore store = one.attached();
        one.away = true;
        await(store.save("modes", bytes(2)));
        one.away = false;
        await(store.close());
        assertArrayEquals(bytes(2), inImage());
        await(store.close());
    }

    @Test
    void anImageThatNeverAnswersHoldsUpASaveForALittle() {
        ImageUnitStore store = one.attached();
        LeasedImage real = one.image;
        one.image = (LeasedImage) Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {LeasedImage.class},
                (proxy, method, arguments) -> method.getName().equals("writeSidecar") ? new CompletableFuture<Void>() : method.invoke(real, arguments));
        store.isSettled();
        run();
        CompletableFuture<Void> save = store.save("modes", bytes(1));
        run();
        assertFalse(save.isDone());
        pass(2);
        assertTrue(save.isDone() && !save.isCompletedExceptionally());
    }

    @Test
    void aFileThatCanNotBeWrittenFailsTheSave() throws Exception {
        ImageUnitStore store = one.attached();
        Files.writeString(folder.resolve("one"), "in the way of the folder");
        CompletableFuture<Void> save = store.save("modes", bytes(1));
        run();
        assertThrows(ExecutionException.class, save::get);
    }

    @Test
    void aFileOfAnotherImageOrOneThatIsBrokenIsNotUsed() throws Exception {
        byte[] foreign = new KeptValues(UUID.randomUUID(), UUID.randomUUID(), 5, Map.of("modes", bytes(1))).encode();
        byte[] broken = new KeptValues(info.imageId(), UUID.randomUUID(), 5, Map.of("modes", bytes(1))).encode();
        broken[broken.length - 1]++;
        for (byte[] content : new byte[][] {foreign, broken, new byte[3], new byte[KeptValues.MAX_BYTES + 1]}) {
            Files.createDirectories(folder.resolve("one"));
            Files.write(one.file(), content);
            ImageUnitStore store = one.store();
            run();
            assertNull(store.load("modes"));
        }
        one.attach();
        await(one.image.writeSidecar(ImageUnitStore.SIDECAR, broken));
        one.die();
        assertNull(one.attached().load("modes"));
    }

    @Test
    void theBytesAreAsDocumentedAndEveryChangeIsFound() {
        KeptValues kept = new KeptValues(new UUID(1, 2), new UUID(3, 4), 9, Map.of("b", bytes(5), "a", bytes()));
        byte[] good = kept.encode();
        String expected = "53445553" + "0001" + "0002" + "00000000000000010000000000000002" + "00000000000000030000000000000004"
                + "0000000000000009" + "0161" + "00000000" + "0162" + "00000001" + "05";
        assertEquals(expected, HexFormat.of().formatHex(good, 0, good.length - 4));
        KeptValues again = KeptValues.decode(good);
        assertEquals(9, again.serial());
        assertArrayEquals(bytes(5), again.values().get("b"));
        for (int i = 0; i < good.length; i++) {
            byte[] bad = good.clone();
            bad[i] ^= 0x01;
            assertThrows(IllegalArgumentException.class, () -> KeptValues.decode(bad), "byte " + i);
            byte[] cut = Arrays.copyOf(good, i);
            assertThrows(IllegalArgumentException.class, () -> KeptValues.decode(cut), i + " bytes");
        }
    }
}
