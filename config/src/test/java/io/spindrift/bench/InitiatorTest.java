package io.spindrift.bench;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.block.BlockGeometry;
import io.spindrift.block.MemoryDevice;
import io.spindrift.initiator.Cdb;
import io.spindrift.initiator.InitiatorSession;
import io.spindrift.initiator.ScsiTask;
import io.spindrift.initiator.UnitCapacity;
import io.spindrift.initiator.login.Credentials;
import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.LoginRefusedException;
import io.spindrift.initiator.login.TargetUrl;
import io.spindrift.iscsi.auth.AccessList;
import io.spindrift.iscsi.auth.ChapAccount;
import io.spindrift.iscsi.auth.ChapAlgorithm;
import io.spindrift.iscsi.auth.ChapSettings;
import io.spindrift.iscsi.auth.TargetAccess;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The initiator below the load generator, against the real server. */
class InitiatorTest {
    private static final int UNIT_BYTES = 8 << 20;
    private static final long PATIENCE_MS = 20_000;
    private static final Credentials ALICE = new Credentials("alice", "wonderland is far");

    private static MemoryDevice memory() {
        return new MemoryDevice(new BlockGeometry(UNIT_BYTES / 512, 512, 4096));
    }

    private static InitiatorSession open(String url, InitiatorSettings settings) throws Exception {
        return InitiatorSession.open(TargetUrl.parse(url), settings, System::nanoTime);
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    private static LoadedTarget guarded(Set<ChapAlgorithm> algorithms) throws Exception {
        ChapSettings chap = ChapSettings.of(List.of(new ChapAccount(ALICE.user(), ALICE.secret())), null, algorithms);
        return new LoadedTarget(memory(), new TargetAccess(AccessList.OPEN, chap));
    }

    /** Small data is copied, large data goes right into the caller's buffer: both, with and without unsolicited bursts. */
    @ParameterizedTest
    @CsvSource({"1, true, false", "8, true, false", "33, false, true", "512, true, true", "1500, true, false", "1500, false, false", "2048, false, true"})
    void whatIsWrittenIsReadBack(int blocks, boolean immediateData, boolean initialR2t) throws Exception {
        InitiatorSettings plain = InitiatorSettings.defaults();
        InitiatorSettings settings = new InitiatorSettings(plain.name(), plain.isid(), 65_536, immediateData, initialR2t, 10_000, null);
        try (LoadedTarget target = new LoadedTarget(memory(), TargetAccess.OPEN); InitiatorSession session = open(target.url(), settings)) {
            assertEquals(new UnitCapacity(UNIT_BYTES / 512, 512), UnitCapacity.of(session));
            byte[] pattern = new byte[blocks * 512];
            new SplittableRandom(3).nextBytes(pattern);
            assertTrue(session.execute(ScsiTask.sending(Cdb.write16(7, blocks, true), direct(pattern), done -> { }), PATIENCE_MS).good());
            for (int times = 0; times < 3; times++) {
                ByteBuffer back = ByteBuffer.allocateDirect(pattern.length);
                ScsiTask read = session.execute(ScsiTask.receiving(Cdb.read16(7, blocks), back, done -> { }), PATIENCE_MS);
                assertTrue(read.good(), read.outcome());
                assertEquals(pattern.length, read.received());
                byte[] found = new byte[pattern.length];
                back.get(0, found);
                assertArrayEquals(pattern, found);
            }
            ScsiTask beyond = session.execute(ScsiTask.receiving(Cdb.read16(UNIT_BYTES / 512, 1), direct(new byte[512]), done -> { }), PATIENCE_MS);
            assertEquals(5, beyond.senseKey(), beyond.outcome());
            session.logout(PATIENCE_MS);
            while (target.sessions() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(ChapAlgorithm.class)
    void chapIsAnsweredWithEveryAlgorithm(ChapAlgorithm algorithm) throws Exception {
        try (LoadedTarget target = guarded(Set.of(algorithm)); InitiatorSession session = open(target.url(), InitiatorSettings.defaults().as(ALICE))) {
            assertEquals(UNIT_BYTES, UnitCapacity.of(session).bytes());
        }
    }

    @Test
    void aWrongSecretOrNoneIsRefused() throws Exception {
        try (LoadedTarget target = guarded(Set.of())) {
            Credentials wrong = new Credentials("alice", "wonderland is near");
            for (InitiatorSettings settings : List.of(InitiatorSettings.defaults(), InitiatorSettings.defaults().as(wrong))) {
                LoginRefusedException refused = assertThrows(LoginRefusedException.class, () -> open(target.url(), settings));
                assertEquals(0x0201, refused.status());
                assertTrue(!refused.getMessage().contains("wonderland"), refused.getMessage());
            }
        }
        assertEquals("Credentials[user=alice]", ALICE.toString());
    }

    @Test
    void aTargetThatMovedIsFollowed() throws Exception {
        try (LoadedTarget here = new LoadedTarget(memory(), TargetAccess.OPEN); LoadedTarget there = new LoadedTarget(memory(), TargetAccess.OPEN)) {
            String moved = LoadedTarget.NAME + "2";
            here.redirect(moved, there);
            LoginRefusedException gone = assertThrows(LoginRefusedException.class, () -> open(here.url().replace(LoadedTarget.NAME, moved),
                    InitiatorSettings.defaults()));
            assertEquals(0x0203, gone.status(), "it went there, where nobody knows the name");
        }
    }

    @Test
    void aTargetThatIsNotThereIsSaid() throws Exception {
        try (LoadedTarget target = new LoadedTarget(memory(), TargetAccess.OPEN)) {
            LoginRefusedException refused = assertThrows(LoginRefusedException.class,
                    () -> open(target.url().replace(":memory", ":nothing"), InitiatorSettings.defaults()));
            assertTrue(refused.getMessage().contains("there is no such target"), refused.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource({"iscsi://h/iqn.a/0, h, 3260, 0", "iscsi://10.0.0.1:1/iqn.a:b/255, 10.0.0.1, 1, 255", "iscsi://[::1]:3261/iqn.a/7, ::1, 3261, 7"})
    void urls(String text, String host, int port, int lun) {
        TargetUrl url = TargetUrl.parse(text);
        assertEquals(host, url.host());
        assertEquals(port, url.port());
        assertEquals(lun, url.lun());
        assertEquals(url, TargetUrl.parse(url.toString()));
    }

    @ParameterizedTest
    @CsvSource({"h/iqn.a/0", "iscsi://h/iqn.a", "iscsi://h/iqn.a/256", "iscsi://h:0/iqn.a/0", "iscsi://h:70000/iqn.a/0", "iscsi://bob%hush@h/iqn.a/0"})
    void whatIsNoUrl(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> TargetUrl.parse(text)).getMessage();
        assertTrue(!message.contains("hush"), message);
    }
}
