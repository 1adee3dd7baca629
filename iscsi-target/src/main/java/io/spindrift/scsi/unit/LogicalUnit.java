package io.spindrift.scsi.unit;

import io.netty.buffer.Unpooled;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.DeviceListener;
import io.spindrift.block.Readiness;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.UnitStore;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ModeParameters;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.sense.UnitAttentions;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One logical unit: a device, what it says of itself, and the unit attentions of each nexus. Decides whether a command may run
 * and hands it to its handler. Made and dropped by {@link LogicalUnitTarget}, lives on the target's home loop; the device is closed
 * by whoever made it.
 */
final class LogicalUnit implements DeviceListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogicalUnit.class);
    private static final byte GOOD = 0x00;
    private static final byte CHECK_CONDITION = 0x02;
    private static final int ACA_ATTRIBUTE = 4;
    private static final int NACA_BIT = 2;

    private final int number;
    private final LogicalUnitSettings settings;
    private final BlockDevice device;
    private final LunInventory inventory;
    private final TaskPool tasks;
    private final UnitStore store;
    private final Map<Nexus, UnitAttentions> attentions = new HashMap<>();
    private final ModeParameters modes = new ModeParameters();
    private Readiness knownReadiness;
    private long defects;

    LogicalUnit(int number, LogicalUnitSettings settings, BlockDevice device, LunInventory inventory, TaskPool tasks, UnitStore store) {
        this.number = number;
        this.settings = settings;
        this.device = device;
        this.inventory = inventory;
        this.tasks = tasks;
        this.store = store;
        this.knownReadiness = device.readiness();
    }

    int number() {
        return number;
    }

    LogicalUnitSettings settings() {
        return settings;
    }

    BlockDevice device() {
        return device;
    }

    BlockGeometry geometry() {
        return device.geometry();
    }

    LunInventory inventory() {
        return inventory;
    }

    TaskPool tasks() {
        return tasks;
    }

    /** What the unit keeps over restarts. */
    UnitStore store() {
        return store;
    }

    ModeParameters modes() {
        return modes;
    }

    // ---- the two dispatches ----

    int plan(ScsiCommand command) {
        Opcode entry = OpcodeTable.INSTANCE.find(command.cdb);
        boolean ignoresAttention = entry != null && entry.is(Opcode.Trait.IGNORES_ATTENTION);
        if (!ignoresAttention && !attentions.isEmpty()) {
            AdditionalSense waiting = pollAttention(command.nexus);
            if (waiting != null) {
                return fail(command, waiting);
            }
        }
        if (entry == null) {
            return OpcodeTable.INSTANCE.knows(command.cdb[0] & 0xFF)
                    ? invalidField(command, 1, 4)
                    : fail(command, AdditionalSense.INVALID_OPERATION_CODE);
        }
        int refused = refuse(entry, command);
        return refused != 0 ? refused : entry.planner().plan(this, command);
    }

    void execute(ScsiCommand command) {
        Opcode entry = OpcodeTable.INSTANCE.find(command.cdb);
        if (refuseUnready(entry, command) == 0) {
            entry.handler().run(this, command);
        }
    }

    private int refuse(Opcode entry, ScsiCommand command) {
        if (command.cdbLength < entry.cdbLength()) {
            return fail(command, AdditionalSense.INVALID_OPERATION_CODE);
        }
        if (Cdb.bit(command.cdb, entry.cdbLength() - 1, NACA_BIT)) {
            return invalidField(command, entry.cdbLength() - 1, NACA_BIT);
        }
        if (command.attribute == ACA_ATTRIBUTE) {
            return fail(command, AdditionalSense.INVALID_MESSAGE);
        }
        int unready = refuseUnready(entry, command);
        if (unready == 0 && entry.is(Opcode.Trait.WRITES) && writeProtection() != null) {
            return fail(command, writeProtection());
        }
        return unready;
    }

    /** What a write is refused with. @return null where writes may run */
    AdditionalSense writeProtection() {
        if (settings.readOnly()) {
            return AdditionalSense.WRITE_PROTECTED;
        }
        return modes.softwareWriteProtect() ? AdditionalSense.SOFTWARE_WRITE_PROTECTED : null;
    }

    /** Looked at in both dispatches, because the lease may go while the data is on its way. */
    private int refuseUnready(Opcode entry, ScsiCommand command) {
        if (!entry.is(Opcode.Trait.NEEDS_MEDIUM)) {
            return 0;
        }
        AdditionalSense sense = readinessSense();
        return sense == null ? 0 : fail(command, sense);
    }

    /**
     * What a command that needs the medium is told in the state the device is in. Before it is known who may use the medium nobody does.
     *
     * @return null where it may run
     */
    AdditionalSense readinessSense() {
        switch (device.readiness()) {
            case READY:
                return store.isSettled() ? null : AdditionalSense.BECOMING_READY;
            case BECOMING_READY:
                return AdditionalSense.BECOMING_READY;
            case STANDBY:
                return AdditionalSense.STANDBY_STATE;
            default:
                return AdditionalSense.UNAVAILABLE_STATE;
        }
    }

    // ---- the ends of a command; every one passes here ----

    void good(ScsiCommand command) {
        command.status = GOOD;
        command.responder.completed(command);
    }

    /** GOOD with parameter data, cut to the allocation length of the CDB. */
    void data(ScsiCommand command, byte[] bytes, long allocationLength) {
        int length = (int) Math.min(bytes.length, allocationLength);
        command.transferLength = length;
        if (length > 0) {
            command.dataIn = Unpooled.wrappedBuffer(bytes, 0, length);
        }
        good(command);
    }

    int fail(ScsiCommand command, AdditionalSense sense) {
        return fail(command, SenseData.of(sense));
    }

    /** @param bit the most significant wrong bit of the byte, or {@link SenseData#NONE} for all of it */
    int invalidField(ScsiCommand command, int cdbByte, int bit) {
        return fail(command, SenseData.field(AdditionalSense.INVALID_FIELD_IN_CDB, cdbByte, bit));
    }

    int invalidField(ScsiCommand command, int cdbByte) {
        return invalidField(command, cdbByte, SenseData.NONE);
    }

    /** Ends a command with CHECK CONDITION. @return {@link ScsiTarget#REFUSED}, so that a planner can pass it on */
    int fail(ScsiCommand command, SenseData sense) {
        LOG.debug("LUN {}: operation code {} refused: {}", number, command.cdb[0] & 0xFF, sense);
        return checkCondition(command, sense, descriptorSense());
    }

    /** The device threw. Told at the first time, the second, the fourth and so on, since an initiator tries again and again. */
    void broken(RuntimeException defect) {
        if (Long.bitCount(++defects) == 1) {
            LOG.error("LUN {}: a request failed for a defect, {} so far", number, defects, defect);
        }
    }

    /** The one place where a failure gets its form; also for LUNs that have no unit. */
    static int checkCondition(ScsiCommand command, SenseData sense, boolean descriptor) {
        command.status = CHECK_CONDITION;
        command.sense = sense.encode(descriptor);
        command.responder.completed(command);
        return ScsiTarget.REFUSED;
    }

    /** The store has other values than before. */
    void storeChanged() {
        LOG.info("LUN {}: what is kept with the disk was read", number);
    }

    /** D_SENSE of the control mode page. */
    boolean descriptorSense() {
        return modes.descriptorSense();
    }

    // ---- unit attentions ----

    void establish(Nexus nexus, AdditionalSense condition) {
        attentions.computeIfAbsent(nexus, key -> new UnitAttentions()).establish(condition);
    }

    /** Establishes a condition for every nexus that is known. */
    void establishForAll(AdditionalSense condition) {
        for (UnitAttentions waiting : attentions.values()) {
            waiting.establish(condition);
        }
    }

    void clear(Nexus nexus, AdditionalSense condition) {
        UnitAttentions waiting = attentions.get(nexus);
        if (waiting != null) {
            waiting.clear(condition);
        }
    }

    AdditionalSense pollAttention(Nexus nexus) {
        UnitAttentions waiting = attentions.get(nexus);
        return waiting == null ? null : waiting.poll();
    }

    /** Mode parameters are shared: every other nexus is told. */
    void modesChangedBy(Nexus nexus) {
        for (Map.Entry<Nexus, UnitAttentions> each : attentions.entrySet()) {
            if (!each.getKey().equals(nexus)) {
                each.getValue().establish(AdditionalSense.MODE_PARAMETERS_CHANGED);
            }
        }
    }

    void reset() {
        modes.reset();
        establishForAll(AdditionalSense.BUS_DEVICE_RESET);
    }

    void forget(Nexus nexus) {
        attentions.remove(nexus);
    }

    @Override
    public void geometryChanged() {
        LOG.info("LUN {}: capacity is now {} blocks", number, geometry().blockCount());
        establishForAll(AdditionalSense.CAPACITY_CHANGED);
    }

    @Override
    public void readinessChanged() {
        Readiness next = device.readiness();
        LOG.info("LUN {}: {} -> {}", number, knownReadiness, next);
        if (isAccessState(knownReadiness) || isAccessState(next)) {
            establishForAll(AdditionalSense.ACCESS_STATE_CHANGED);
        }
        knownReadiness = next;
    }

    /** States that an initiator sees as those of its path; becoming ready is only a wait. */
    private static boolean isAccessState(Readiness readiness) {
        return readiness == Readiness.STANDBY || readiness == Readiness.UNAVAILABLE;
    }
}
