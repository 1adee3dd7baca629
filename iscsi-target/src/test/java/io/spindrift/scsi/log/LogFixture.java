package io.spindrift.scsi.log;

import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.TracedDevice;
import io.spindrift.scsi.MemoryUnitStore;
import io.spindrift.scsi.target.LogicalUnitTarget;
import io.spindrift.scsi.target.ScsiFixture;

/** A unit of 8 MiB whose gauge is told what to say; a threshold set is 1 MiB. */
final class LogFixture {
    static final long MIB = 1 << 20;

    final FakeGauge gauge = new FakeGauge();
    final MemoryDevice memory = new MemoryDevice(ScsiFixture.GEOMETRY);
    final TracedDevice device = new TracedDevice(memory);
    final ScsiFixture scsi = new ScsiFixture(new LogicalUnitTarget(ImmediateEventExecutor.INSTANCE));

    LogFixture() {
        scsi.target.addUnit(0, ScsiFixture.settings(), device, new MemoryUnitStore(), gauge).join();
        scsi.establish(ScsiFixture.NEXUS);
    }

    ScsiFixture.Call select(String pages) {
        byte[] list = ScsiFixture.hex("00 00 00 00 " + pages);
        return scsi.out(String.format("15 10 00 00 %02X 00", list.length), list);
    }
}
