package io.spindrift.volume;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockDeviceContract;
import io.spindrift.block.TestCompletion;
import io.spindrift.image.DiskType;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.MemoryCatalog;
import java.time.Instant;
import java.util.Random;

/** A volume is a device like any other, over a small cache, with a destage that runs meanwhile. */
class CachedVolumeContractTest extends BlockDeviceContract {
    private static final int SECTORS = 4096;

    private TestHost host;

    @Override
    protected BlockDevice open() {
        Instant now = Instant.parse("2026-11-21T08:00:00Z");
        MemoryCatalog store = new MemoryCatalog("alice", () -> now, new Random(1));
        VolumeSettings settings = VolumeSettings.of(new ImageAddress("alice", DiskType.DATA, "disk0"), SECTORS * 512L);
        host = new TestHost("one", 1, store, new VolumeHistory(SECTORS), settings);
        host.traced = false;
        host.start();
        host.untilReady();
        return host.volume;
    }

    @Override
    protected EventExecutor home() {
        return host.loop;
    }

    @Override
    protected void runUntilEnded(TestCompletion completion) {
        for (int at = 0; at < 10_000 && completion.ends() == 0; at++) {
            host.pass(1);
        }
    }

    @Override
    protected void release() {
        host.pass(50);
    }
}
