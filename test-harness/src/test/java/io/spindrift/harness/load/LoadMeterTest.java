package io.spindrift.harness.load;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.MemoryDevice;
import io.spindrift.harness.initiator.Cdb;
import io.spindrift.harness.initiator.InitiatorSession;
import io.spindrift.harness.initiator.InitiatorSettings;
import io.spindrift.harness.initiator.LoginRefusedException;
import io.spindrift.harness.initiator.ScsiTask;
import io.spindrift.harness.initiator.TargetUrl;
import io.spindrift.harness.initiator.UnitCapacity;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiSettings;
import io.spindrift.iscsi.IscsiTarget;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import io.spindrift.scsi.target.LogicalUnitTarget;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The load generator and the initiator below it, against a target in this process. */
class LoadMeterTest {
    private static final String NAME = "iqn.2026-11.io.spindrift:memory";
    private static final int UNIT_BYTES = 8 << 20;
    private static final long PATIENCE_MS = 20_000;

    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    private final MemoryDevice device = new MemoryDevice(new BlockGeometry(UNIT_BYTES / 512, 512, 4096));
    private IscsiServer server;
    private String url;

    @BeforeEach
    void start() throws Exception {
        EventLoop home = loops.next();
        LogicalUnitTarget units = new LogicalUnitTarget(home);
        units.addUnit(0, LogicalUnitSettings.defaults(new UUID(1, 2)), device).get(20, TimeUnit.SECONDS);
        server = new IscsiServer(IscsiSettings.defaults(), loops, NioServerSocketChannel::new, new SplittableRandom(1));
        server.addTarget(new IscsiTarget(NAME, "memory", units, home));
        InetSocketAddress portal = (InetSocketAddress) server.start(List.of(new InetSocketAddress("127.0.0.1", 0))).get(20, TimeUnit.SECONDS).get(0);
        url = "iscsi://127.0.0.1:" + portal.getPort() + "/" + NAME + "/0";
    }

    @AfterEach
    void stop() throws Exception {
        server.stop().get(20, TimeUnit.SECONDS);
        loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
    }

    private MeterRun measure(String... options) throws Exception {
        Arguments given = new Arguments(options, java.util.Set.of("work", "size", "depth", "seconds", "sync-every"), java.util.Set.of("zipf"));
        MeterRun run = new MeterRun(MeterPlan.of(given), TargetUrl.parse(url), InitiatorSettings.defaults());
        run.run();
        assertEquals(0, run.errors(), run.json());
        return run;
    }

    @Test
    void fillWritesEveryBlockOnceAndScanReadsThem() throws Exception {
        String filled = measure("--work", "fill", "--size", "262144", "--depth", "8").json();
        assertTrue(filled.contains("\"commands\":32,"), filled);
        assertEquals(UNIT_BYTES, device.allocatedBytes());
        String scanned = measure("--work", "scan", "--size", "4096", "--depth", "32").json();
        assertTrue(scanned.contains("\"commands\":2048,"), scanned);
    }

    @ParameterizedTest
    @ValueSource(strings = {"randread", "randwrite", "randrw", "read", "write"})
    void everyKindOfWorkMovesOn(String work) throws Exception {
        String json = measure("--work", work, "--size", "65536", "--depth", "4", "--seconds", "0.05", "--sync-every", "3", "--zipf").json();
        assertTrue(json.contains("\"errors\":0"), json);
        assertTrue(!json.contains("\"commands\":0,"), json);
    }

    @Test
    void whatTheInitiatorWritesItReadsBack() throws Exception {
        try (InitiatorSession session = InitiatorSession.open(TargetUrl.parse(url), InitiatorSettings.defaults())) {
            assertEquals(new UnitCapacity(UNIT_BYTES / 512, 512), UnitCapacity.of(session));
            byte[] pattern = new byte[1_500 * 512];
            new SplittableRandom(3).nextBytes(pattern);
            assertTrue(session.execute(ScsiTask.sending(Cdb.write16(7, 1_500, true), direct(pattern), done -> { }), PATIENCE_MS).good());
            ByteBuffer back = ByteBuffer.allocateDirect(pattern.length);
            ScsiTask read = session.execute(ScsiTask.receiving(Cdb.read16(7, 1_500), back, done -> { }), PATIENCE_MS);
            assertTrue(read.good(), read.outcome());
            assertEquals(pattern.length, read.received());
            byte[] found = new byte[pattern.length];
            back.get(0, found);
            assertArrayEquals(pattern, found);
            ScsiTask beyond = session.execute(ScsiTask.receiving(Cdb.read16(UNIT_BYTES / 512, 1), direct(new byte[512]), done -> { }), PATIENCE_MS);
            assertEquals(5, beyond.senseKey(), beyond.outcome());
            session.logout(PATIENCE_MS);
        }
        while (!server.sessions().isEmpty()) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aTargetThatIsNotThereIsSaid() {
        TargetUrl other = TargetUrl.parse(url.replace(":memory", ":nothing"));
        assertThrows(LoginRefusedException.class, () -> InitiatorSession.open(other, InitiatorSettings.defaults()));
        assertEquals(2, LoadMeter.run("--work", "juggle", url));
        assertEquals(4, LoadMeter.run("--work", "randread", url.replace(":memory", ":nothing")));
    }

    private static ByteBuffer direct(byte[] bytes) {
        return ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }
}
