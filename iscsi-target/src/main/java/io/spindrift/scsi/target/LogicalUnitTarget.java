package io.spindrift.scsi.target;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockDevice;
import io.spindrift.scsi.MemoryUnitStore;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.SpaceGauge;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.scsi.UnitStore;
import io.spindrift.scsi.copy.CopyFamily;
import io.spindrift.scsi.copy.CopyRegistry;
import io.spindrift.scsi.log.LogFamily;
import io.spindrift.scsi.log.LogPart;
import io.spindrift.scsi.media.MediaFamily;
import io.spindrift.scsi.medium.MediumFamily;
import io.spindrift.scsi.medium.MediumPart;
import io.spindrift.scsi.reserve.ReserveFamily;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.GeneralCommands;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.LogicalUnitSettings;
import io.spindrift.scsi.unit.OpcodeTable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A SCSI target device of logical units over block devices. Made by the assembly with the home loop that its devices and its
 * transport share; everything in it happens there. It closes nothing: the devices are their maker's.
 */
public final class LogicalUnitTarget implements ScsiTarget {
    private static final Logger LOG = LoggerFactory.getLogger(LogicalUnitTarget.class);

    private final EventExecutor home;
    private final LunInventory inventory = new LunInventory();
    private final AbsentUnit absent = new AbsentUnit(inventory);
    private final List<CommandFamily> families;
    private final OpcodeTable opcodes;
    private final Set<Nexus> nexuses = new LinkedHashSet<>();

    public LogicalUnitTarget(EventExecutor home) {
        this(home, TargetPorts.SINGLE);
    }

    public LogicalUnitTarget(EventExecutor home, TargetPorts ports) {
        this(home, PooledByteBufAllocator.DEFAULT, ports);
    }

    /**
     * @param allocator where Data-In and the working pieces of long commands come from
     * @param ports the target's ports: those that its nexuses come through
     */
    public LogicalUnitTarget(EventExecutor home, ByteBufAllocator allocator, TargetPorts ports) {
        this(home, allocator, ports, new CopyRegistry());
    }

    public LogicalUnitTarget(EventExecutor home, TargetPorts ports, CopyRegistry copies) {
        this(home, PooledByteBufAllocator.DEFAULT, ports, copies);
    }

    /** @param copies the units that its units may copy from and to; shared by targets between which data is copied */
    public LogicalUnitTarget(EventExecutor home, ByteBufAllocator allocator, TargetPorts ports, CopyRegistry copies) {
        this.home = home;
        this.families = List.of(new MediaFamily(allocator), new MediumFamily(home, allocator), new GeneralCommands(), new LunCommands(inventory),
                new PortCommands(ports), new LogFamily(), new ReserveFamily(ports), new CopyFamily(home, copies));
        this.opcodes = new OpcodeTable(families);
    }

    OpcodeTable opcodes() {
        return opcodes;
    }

    /** Presents a device that forgets its reservations and saved mode pages when this object goes. */
    public CompletableFuture<Void> addUnit(int lun, LogicalUnitSettings settings, BlockDevice device) {
        return addUnit(lun, settings, device, new MemoryUnitStore());
    }

    /** Presents a device whose space is nobody's concern. */
    public CompletableFuture<Void> addUnit(int lun, LogicalUnitSettings settings, BlockDevice device, UnitStore store) {
        return addUnit(lun, settings, device, store, SpaceGauge.NONE);
    }

    /**
     * Presents a device. Initiators that are logged in are told that the inventory has changed.
     *
     * @param lun 0 to 16383
     * @param store what the unit keeps over restarts; the caller's, as the device is
     * @param gauge how full the places are that the device's data goes to; the caller's
     * @return done at once where called on the home loop, else soon; fails with IllegalArgumentException where the LUN is taken or
     *     out of range
     */
    public CompletableFuture<Void> addUnit(int lun, LogicalUnitSettings settings, BlockDevice device, UnitStore store, SpaceGauge gauge) {
        return onHome(() -> add(lun, settings, device, store, gauge));
    }

    /**
     * Stops presenting a unit. Commands that run on it end in their own time; the caller closes the device after this.
     *
     * @return done at once where called on the home loop, else soon; removing what is not there is done too
     */
    public CompletableFuture<Void> removeUnit(int lun) {
        return onHome(() -> remove(lun));
    }

    private CompletableFuture<Void> onHome(Runnable change) {
        if (!home.inEventLoop()) {
            return CompletableFuture.runAsync(change, home);
        }
        try {
            change.run();
            return CompletableFuture.completedFuture(null);
        } catch (IllegalArgumentException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    private void add(int lun, LogicalUnitSettings settings, BlockDevice device, UnitStore store, SpaceGauge gauge) {
        if (lun < 0 || lun > LunInventory.MAX_LUN) {
            throw new IllegalArgumentException("a LUN is 0 to " + LunInventory.MAX_LUN + ", not " + lun);
        }
        LogicalUnit unit = new LogicalUnit(lun, settings, device, store, opcodes, families);
        inventory.add(unit);
        device.listen(unit);
        store.listen(unit::storeChanged);
        unit.part(LogPart.class).watch(gauge);
        unit.part(MediumPart.class).watch(gauge);
        for (Nexus nexus : nexuses) {
            unit.establish(nexus, AdditionalSense.POWER_ON);
        }
        inventoryChanged(unit);
        LOG.info("LUN {} presents {}, {} blocks of {} bytes", lun, settings.serial(), unit.geometry().blockCount(), unit.geometry().blockLength());
    }

    private void remove(int lun) {
        LogicalUnit unit = inventory.remove(lun);
        if (unit != null) {
            unit.removed();
            inventoryChanged(unit);
            LOG.info("LUN {} is gone", lun);
        }
    }

    private void inventoryChanged(LogicalUnit changed) {
        for (LogicalUnit unit = inventory.from(0); unit != null; unit = inventory.from(unit.number() + 1)) {
            if (unit != changed) {
                unit.establishForAll(AdditionalSense.REPORTED_LUNS_CHANGED);
            }
        }
    }

    @Override
    public int plan(ScsiCommand command) {
        assert home.inEventLoop();
        command.status = 0;
        command.sense = null;
        command.dataIn = null;
        command.transferLength = 0;
        LogicalUnit unit = inventory.find(command.lun);
        return unit == null ? absent.plan(command) : unit.plan(command);
    }

    @Override
    public void execute(ScsiCommand command) {
        LogicalUnit unit = inventory.find(command.lun);
        if (unit == null) {
            absent.execute(command);
        } else {
            unit.execute(command);
        }
    }

    @Override
    public boolean abort(ScsiCommand command) {
        for (CommandFamily family : families) {
            if (family.abort(command)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean resetLogicalUnit(long lun, Nexus from) {
        LogicalUnit unit = inventory.find(lun);
        if (unit == null) {
            return false;
        }
        LOG.info("LUN {} was reset by {}", unit.number(), from.initiatorPort());
        unit.reset();
        return true;
    }

    @Override
    public void resetTarget(Nexus from) {
        for (LogicalUnit unit = inventory.from(0); unit != null; unit = inventory.from(unit.number() + 1)) {
            LOG.info("LUN {} was reset with its target by {}", unit.number(), from.initiatorPort());
            unit.reset();
        }
    }

    @Override
    public void commandsCleared(long lun, Nexus victim) {
        LogicalUnit unit = inventory.find(lun);
        if (unit != null && nexuses.contains(victim)) {
            unit.establish(victim, AdditionalSense.COMMANDS_CLEARED);
        }
    }

    @Override
    public void resetNexus(Nexus nexus) {
        LOG.info("the nexus of {} was reset", nexus.initiatorPort());
        nexusLost(nexus);
        nexuses.add(nexus);
        for (LogicalUnit unit = inventory.from(0); unit != null; unit = inventory.from(unit.number() + 1)) {
            unit.establish(nexus, AdditionalSense.NEXUS_LOSS);
        }
    }

    @Override
    public int pendingEvent(long lun, Nexus nexus) {
        LogicalUnit unit = inventory.find(lun);
        return unit == null ? 0 : unit.pendingEvent(nexus);
    }

    @Override
    public boolean hasLogicalUnit(long lun) {
        return inventory.find(lun) != null;
    }

    @Override
    public void nexusEstablished(Nexus nexus) {
        AdditionalSense condition = nexuses.add(nexus) ? AdditionalSense.POWER_ON : AdditionalSense.NEXUS_LOSS;
        for (LogicalUnit unit = inventory.from(0); unit != null; unit = inventory.from(unit.number() + 1)) {
            unit.establish(nexus, condition);
        }
    }

    @Override
    public void nexusLost(Nexus nexus) {
        nexuses.remove(nexus);
        for (LogicalUnit unit = inventory.from(0); unit != null; unit = inventory.from(unit.number() + 1)) {
            unit.forget(nexus);
        }
    }
}
