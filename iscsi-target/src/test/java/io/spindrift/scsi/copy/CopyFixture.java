package io.spindrift.scsi.copy;

import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.CheckedDevice;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.scsi.target.LogicalUnitTarget;
import io.spindrift.scsi.target.ScsiFixture;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** Targets that know each other's units, and the parameter lists of copies between them. */
final class CopyFixture {
    final CopyRegistry registry = new CopyRegistry();

    /** A target with one unit, and the initiator logged in to it. */
    ScsiFixture disk(int number, EventExecutor home, BlockDevice device) {
        return disk(settings(number), number, home, device);
    }

    ScsiFixture disk(LogicalUnitSettings settings, int number, EventExecutor home, BlockDevice device) {
        LogicalUnitTarget target = new LogicalUnitTarget(home, PooledByteBufAllocator.DEFAULT, TargetPorts.SINGLE, registry);
        target.addUnit(0, settings, new CheckedDevice(device, home)).join();
        return new ScsiFixture(target, nexus(number));
    }

    static LogicalUnitSettings settings(int number) {
        return LogicalUnitSettings.defaults(new UUID(0x0123_4567_89AB_4DEFL, 0x8000_0000_0000_0000L | number));
    }

    static Nexus nexus(int number) {
        return new Nexus("iqn.2026-11.test:initiator,i,0x00000000000" + number, "iqn.2026-11.test:disk" + number + ",t,0x0001", 1);
    }

    /** A parameter list. */
    static final class ListOf {
        private final List<byte[]> cscds = new ArrayList<>();
        private final List<byte[]> segments = new ArrayList<>();
        private int identifier = 7;
        private int flags;

        /** @param usage LIST ID USAGE */
        ListOf identified(int newIdentifier, int usage) {
            identifier = newIdentifier;
            flags = usage << 3;
            return this;
        }

        /** By NAA, 512 bytes in a block. */
        ListOf unit(int number) {
            return cscd(unitBytes(number));
        }

        ListOf cscd(byte[] bytes) {
            cscds.add(bytes);
            return this;
        }

        ListOf segment(int source, int destination, int blocks, long sourceLba, long destinationLba) {
            return segment(segmentBytes(0, source, destination, blocks, sourceLba, destinationLba));
        }

        ListOf segment(byte[] bytes) {
            segments.add(bytes);
            return this;
        }

        byte[] bytes() {
            int cscdBytes = cscds.stream().mapToInt(each -> each.length).sum();
            int segmentBytes = segments.stream().mapToInt(each -> each.length).sum();
            ByteBuffer list = ByteBuffer.allocate(16 + cscdBytes + segmentBytes);
            list.put((byte) identifier).put((byte) flags).putShort((short) cscdBytes).putInt(0).putInt(segmentBytes).putInt(0);
            cscds.forEach(list::put);
            segments.forEach(list::put);
            return list.array();
        }
    }

    static byte[] unitBytes(int number) {
        byte[] naa = settings(number).designators().get(0).bytes();
        ByteBuffer cscd = ByteBuffer.allocate(32).put(0, (byte) 0xE4).put(4, (byte) 1).put(5, (byte) 3).put(7, (byte) naa.length).putInt(28, 512);
        return cscd.put(8, naa).array();
    }

    static byte[] segmentBytes(int flags, int source, int destination, int blocks, long sourceLba, long destinationLba) {
        return ByteBuffer.allocate(28)
                .put((byte) 0x02).put((byte) flags).putShort((short) 24)
                .putShort((short) source).putShort((short) destination)
                .putShort((short) 0).putShort((short) blocks)
                .putLong(sourceLba).putLong(destinationLba)
                .array();
    }

    static ScsiFixture.Call copy(ScsiFixture to, ListOf list) {
        return copy(to, list.bytes());
    }

    static ScsiFixture.Call copy(ScsiFixture to, byte[] list) {
        return to.out(String.format("83 00 00 00 00 00 00 00 00 00 %08X 00 00", list.length), list);
    }
}
