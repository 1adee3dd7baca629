package io.spindrift.config.volumes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import io.spindrift.scsi.SpaceGauge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreSpaceTest {
    @TempDir
    private Path folder;

    private final MockTicker ticker = Ticker.newMockTicker();
    private final ManualIoEventLoop loop = new ManualIoEventLoop(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);

    @Test
    void theFileSystemOfTheStoreIsLookedAtUntilTheEnd() throws Exception {
        List<Runnable> looks = new ArrayList<>();
        List<SpaceGauge.Space> told = new ArrayList<>();
        StoreSpace space = StoreSpace.of(folder, loop, looks::add);
        space.listen(() -> told.add(space.latest()));
        assertNull(space.latest(), "nothing is waited for");
        loop.runNow();
        looks.remove(0).run();
        assertNotNull(space.latest());
        assertEquals(List.of(space.latest()), told);
        assertTrue(space.latest().capacityBytes() <= Files.getFileStore(folder).getTotalSpace());
        ticker.advance(5, TimeUnit.SECONDS);
        loop.runNow();
        assertEquals(1, looks.size());
        space.close();
        ticker.advance(50, TimeUnit.SECONDS);
        loop.runNow();
        assertEquals(1, looks.size());
    }

    @Test
    void aFolderThatIsGoneLeavesWhatWasKnown() throws Exception {
        List<Runnable> looks = new ArrayList<>();
        StoreSpace space = StoreSpace.of(folder.resolve("absent"), loop, looks::add);
        loop.runNow();
        looks.remove(0).run();
        assertNull(space.latest());
        space.close();
    }

    @Test
    void ofStorageServersNothingIsKnown() {
        StoreSpace space = StoreSpace.unknown();
        assertNull(space.latest());
        space.close();
    }
}
