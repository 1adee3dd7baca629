package io.spindrift.config.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.ArgumentMatchers.anyInt;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.spindrift.engine.check.StoreScrub;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.LeaseInfo;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.ServerSocketChannel;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StoreRoutesTest {
    private static final UUID ID = new UUID(1, 2);
    private static final LeaseInfo HELD = new LeaseInfo(LeaseInfo.State.HELD, 3, ID, ID, "host-1", ID, Instant.EPOCH, 8192);
    private static final ImageInfo WHOLE = new ImageInfo(address("whole"), ID, 1 << 20, 4096, 7, Instant.parse("2026-11-21T08:00:00Z"), HELD);
    private static final ImageInfo BROKEN = ImageInfo.damaged(address("broken"), null, 0, "users/alice/data/broken=1: fails its checksum");

    private final ImageCatalog catalog = mock(ImageCatalog.class);
    private AdminServer server;

    private static ImageAddress address(String name) {
        return new ImageAddress("alice", DiskType.DATA, name);
    }

    @BeforeEach
    void start() throws Exception {
        ServerSocketChannel socket = ServerSocketChannel.open().bind(new InetSocketAddress("127.0.0.1", 0));
        server = AdminServer.start("127.0.0.1", socket, new StoreRoutes("1.0", Map.of("alice", catalog), () -> CompletableFuture.completedFuture(StoreScrub.Status.NONE)));
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private HttpResponse<String> get(String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path)).build();
        return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
    }

    private void has(ImageInfo... rows) {
        when(catalog.list(any(), anyInt())).thenReturn(CompletableFuture.completedFuture(List.of(rows)));
    }

    @Test
    void statusNamesEveryImageAndWhoHasIt() throws Exception {
        has(WHOLE, BROKEN);
        StoreRoutes.StoreStatus status = Json.read(get("/v1/status").body(), StoreRoutes.StoreStatus.class);
        assertEquals("1.0", status.version());
        assertEquals(new StoreRoutes.ImageStatus("alice/data/whole", 1 << 20, 4096, 7, "2026-11-21T08:00:00Z", "HELD", "host-1", 8192, null),
                status.images().get(0));
        StoreRoutes.ImageStatus broken = status.images().get(1);
        assertEquals("UNKNOWN", broken.lease(), "whose it is can't be told");
        assertEquals(BROKEN.damage(), broken.damage());
    }

    @Test
    void metricsTellOfDamageAndNoFiguresOfWhatCanNotBeRead() throws Exception {
        has(WHOLE, BROKEN);
        String text = get("/metrics").body();
        assertTrue(text.contains("spindrift_image_allocated_bytes{image=\"alice/data/whole\"} 4096\n"), text);
        assertTrue(text.contains("spindrift_image_applied_sequence{image=\"alice/data/whole\"} 7\n"), text);
        assertTrue(text.contains("spindrift_image_damaged{image=\"alice/data/whole\"} 0\n"), text);
        assertTrue(text.contains("spindrift_image_damaged{image=\"alice/data/broken\"} 1\n"), text);
        assertFalse(text.contains("allocated_bytes{image=\"alice/data/broken\"}"), text);
    }

    @Test
    void aStoreThatCanNotBeReachedIsSaidInOneLine() throws Exception {
        when(catalog.list(any(), anyInt())).thenReturn(CompletableFuture.failedFuture(new ImageException(ImageFailure.UNAVAILABLE, "no answer")));
        for (String path : List.of("/v1/status", "/metrics")) {
            HttpResponse<String> answer = get(path);
            assertEquals(503, answer.statusCode(), answer.body());
            assertEquals("{\n  \"error\" : \"no answer\"\n}\n", answer.body());
        }
    }
}
