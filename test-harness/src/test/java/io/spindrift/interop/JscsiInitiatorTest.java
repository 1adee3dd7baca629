package io.spindrift.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.MemoryDevice;
import io.spindrift.iscsi.IscsiServer;
import io.spindrift.iscsi.IscsiSettings;
import io.spindrift.iscsi.IscsiTarget;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.target.LogicalUnitTarget;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.jscsi.initiator.Initiator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * jSCSI's initiator, an implementation of its own, logs in over TCP and moves data. InitialR2T stays Yes: where it is No, jSCSI says with a command's F
 * bit that no unsolicited data follows (RFC 7143 11.3.1) and sends it all the same, which is refused.
 */
class JscsiInitiatorTest {
    private static final String NAME = "iqn.2026-11.io.spindrift:jscsi";
    private static final long BLOCKS = 1 << 16;
    private final MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final IscsiServer server =
        new IscsiServer(IscsiSettings.defaults(), loops, new ReflectiveChannelFactory<>(NioServerSocketChannel.class), new SplittableRandom(7));

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        server.stop().join();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }

    private InetSocketAddress start(UnaryOperator<ScsiTarget> wrap) {
        EventLoop home = loops.next();
        LogicalUnitTarget disk = new LogicalUnitTarget(home);
        BlockGeometry geometry = new BlockGeometry(BLOCKS, 512, 4096);
        disk.addUnit(0, LogicalUnitSettings.defaults(new UUID(3, 4)), new MemoryDevice(geometry, geometry.capacityBytes())).join();
        server.addTarget(new IscsiTarget(NAME, "jscsi", wrap.apply(disk), home));
        SocketAddress bound = server.start(List.of(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))).join().get(0);
        return (InetSocketAddress) bound;
    }

    private String run(InetSocketAddress portal, String immediateData) throws Exception {
        Path schema = folder.resolve("jscsi.xsd");
        try (InputStream in = Initiator.class.getResourceAsStream("/jscsi.xsd")) {
            Files.copy(in, schema);
        }
        Path settings = folder.resolve("jscsi.xml");
        Files.writeString(settings, settings(portal, immediateData));
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        Path said = folder.resolve("said");
        Process client = new ProcessBuilder(java, "-XX:+UseSerialGC", "-Xmx128m", "-cp", System.getProperty("java.class.path"),
            JscsiClient.class.getName(), schema.toString(), settings.toString(), "disk", "11").redirectErrorStream(true).redirectOutput(said.toFile()).start();
        boolean ended = client.waitFor(60, TimeUnit.SECONDS);
        client.destroyForcibly().waitFor();
        String text = Files.readString(said, StandardCharsets.UTF_8);
        assertTrue(ended, text);
        return client.exitValue() + " " + text;
    }

    private String settings(InetSocketAddress portal, String immediateData) {
        String global = String.join("\n", List.of("<AuthMethod>None</AuthMethod>", "<DataDigest>None</DataDigest>", "<DataPDUInOrder>Yes</DataPDUInOrder>",
            "<DataSequenceInOrder>Yes</DataSequenceInOrder>", "<DefaultTime2Retain>20</DefaultTime2Retain>", "<DefaultTime2Wait>2</DefaultTime2Wait>",
            "<ErrorRecoveryLevel>0</ErrorRecoveryLevel>", "<FirstBurstLength>65536</FirstBurstLength>", "<HeaderDigest>None</HeaderDigest>",
            "<IFMarker>No</IFMarker>", "<IFMarkInt>2048</IFMarkInt>", "<ImmediateData>" + immediateData + "</ImmediateData>",
            "<InitialR2T>Yes</InitialR2T>", "<InitiatorAlias>jscsi</InitiatorAlias>",
            "<InitiatorName>iqn.2006-09.org.jscsi:initiator</InitiatorName>", "<MaxBurstLength>262144</MaxBurstLength>", "<MaxConnections>1</MaxConnections>",
            "<MaxOutstandingR2T>1</MaxOutstandingR2T>", "<MaxRecvDataSegmentLength>8192</MaxRecvDataSegmentLength>", "<OFMarker>No</OFMarker>",
            "<OFMarkInt>2048</OFMarkInt>", "<SessionType>Normal</SessionType>"));
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<configuration xmlns=\"http://www.jscsi.org/2006-09\">\n<global>\n" + global + "\n</global>\n"
            + "<target id=\"disk\" address=\"" + portal.getAddress().getHostAddress() + "\" port=\"" + portal.getPort() + "\">\n<ImmediateData>" + immediateData
            + "</ImmediateData>\n<TargetName>" + NAME + "</TargetName>\n</target>\n</configuration>\n";
    }

    @ParameterizedTest
    @ValueSource(strings = {"Yes", "No"})
    void logsInAndMovesData(String immediateData) throws Exception {
        String said = run(start(AttendedTarget::new), immediateData);
        assertTrue(said.startsWith("0 "), said);
        assertTrue(said.contains("MOVED 24 of"), said);
        assertEquals(0, server.sessions().size(), "it logs out");
    }

    @Test
    void withItsUnitAttentionItGivesUp() throws Exception {
        String said = run(start(target -> target), "Yes");
        assertTrue(!said.contains("MOVED"), said);
    }
}
