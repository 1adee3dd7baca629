package io.spindrift.scsi.unit;

import io.netty.buffer.Unpooled;
import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockGeometry;
import io.spindrift.block.DeviceListener;
import io.spindrift.block.Readiness;
import io.spindrift.block.WriteThroughDevice;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import io.spindrift.scsi.UnitStore;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ModeParameters;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.sense.UnitAttentions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One logical unit: a device, what it says of itself, and the unit attentions of each nexus. Decides whether a command may run
 * and hands it to its handler. Made and dropped by the target, lives on its home loop; the device is closed by whoever made it.
 */
public final class LogicalUnit implements DeviceListener {
    private static final Logger LOG = LoggerFactory.getLogger(LogicalUnit.class);
    private static final byte GOOD = 0x00;
    private static final byte CHECK_CONDITION = 0x02;
    private static final byte CONDITION_MET = 0x04;
    private static final byte RESERVATION_CONFLICT = 0x18;
    private static final int ACA_ATTRIBUTE = 4;
    private static final int NACA_BIT = 2;

    private final int number;
    private final LogicalUnitSettings settings;
    private final BlockDevice device;
    /** The device as it is while the write cache is off. */
    private final BlockDevice writeThrough;
    private final OpcodeTable opcodes;
    private final List<CommandFamily> families;
    private final UnitPart[] parts;
    private final UnitStore store;
    private final Map<Nexus, UnitAttentions> attentions = new HashMap<>();
    private final ModeParameters modes = new ModeParameters();
    /** What refuses commands for a time; most of the time there is none. */
    private Gate[] gates = {};
    private Readiness knownReadiness;
    private long defects;

    /** @param families those that the table was built from: each keeps a part here */
    public LogicalUnit(
            int number, LogicalUnitSettings settings, BlockDevice device, UnitStore store, OpcodeTable opcodes, List<CommandFamily> families) {
        this.number = number;
        this.settings = settings;
        this.device = device;
        this.writeThrough = new WriteThroughDevice(device);
        this.store = store;
        this.opcodes = opcodes;
        this.knownReadiness = device.readiness();
        this.families = families;
        loadModes();
        this.parts = new UnitPart[families.size()];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = families.get(i).partOf(this);
        }
    }

    public int number() {
        return number;
    }

    public LogicalUnitSettings settings() {
        return settings;
    }

    /** What media commands use; with the write cache off (WCE 0) what it has done survives power loss. A request can be taken back through either. */
    public BlockDevice device() {
        return modes.writeCache() ? device : writeThrough;
    }

    public BlockGeometry geometry() {
        return device.geometry();
    }

    OpcodeTable opcodes() {
        return opcodes;
    }

    /** The part of a family. Few, and the one of the media commands stands first. */
    public <T extends UnitPart> T part(Class<T> type) {
        for (UnitPart part : parts) {
            if (part.getClass() == type) {
                return type.cast(part);
            }
        }
        throw new IllegalArgumentException("no family keeps a " + type.getSimpleName());
    }

    /** What the unit keeps over restarts. */
    public UnitStore store() {
        return store;
    }

    public ModeParameters modes() {
        return modes;
    }

    // ---- the two dispatches ----

    public int plan(ScsiCommand command) {
        Opcode entry = opcodes.find(command.cdb);
        boolean ignoresAttention = entry != null && entry.is(Opcode.Trait.IGNORES_ATTENTION);
        if (!ignoresAttention && hasAttention(command.nexus)) {
            return conflicts(entry, command) ? ScsiTarget.REFUSED : fail(command, pollAttention(command.nexus));
        }
        return admit(command, entry);
    }

    /**
     * The first dispatch for a command that this target gives itself on an initiator's behalf: as {@link #plan}, but unit attentions are left
     * to the initiator's own commands.
     */
    public int admit(ScsiCommand command) {
        return admit(command, opcodes.find(command.cdb));
    }

    private int admit(ScsiCommand command, Opcode entry) {
        if (entry == null) {
            return opcodes.knows(command.cdb[0] & 0xFF)
                    ? invalidField(command, 1, 4)
                    : fail(command, AdditionalSense.INVALID_OPERATION_CODE);
        }
        int refused = refuse(entry, command);
        return refused != 0 ? refused : entry.planner().plan(this, command);
    }

    public void execute(ScsiCommand command) {
        Opcode entry = opcodes.find(command.cdb);
        if (refuseForNow(entry, command) == 0) {
            entry.handler().run(this, command);
        }
    }

    /** As {@link ScsiTarget#abort}. */
    public boolean abort(ScsiCommand command) {
        for (CommandFamily family : families) {
            if (family.abort(command)) {
                return true;
            }
        }
        return false;
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
        int unready = refuseForNow(entry, command);
        if (unready == 0 && entry.is(Opcode.Trait.WRITES) && writeProtection() != null) {
            return fail(command, writeProtection());
        }
        return unready;
    }

    /** Asked only where a unit attention waits; else the gates have their turn later. */
    private boolean conflicts(Opcode entry, ScsiCommand command) {
        for (Gate gate : gates) {
            if (entry != null && gate.goesBeforeAttention() && gate.refuse(this, entry, command) == ScsiTarget.REFUSED) {
                return true;
            }
        }
        return false;
    }

    /** What a write is refused with. @return null where writes may run */
    public AdditionalSense writeProtection() {
        if (settings.readOnly()) {
            return AdditionalSense.WRITE_PROTECTED;
        }
        return modes.softwareWriteProtect() ? AdditionalSense.SOFTWARE_WRITE_PROTECTED : null;
    }

    /** Looked at in both dispatches, because the lease may go while the data is on its way. */
    private int refuseForNow(Opcode entry, ScsiCommand command) {
        for (Gate gate : gates) {
            if (gate.refuse(this, entry, command) == ScsiTarget.REFUSED) {
                return ScsiTarget.REFUSED;
            }
        }
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
    public AdditionalSense readinessSense() {
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

    /** Puts a gate in place; commands that are executing are not touched. */
    public void close(Gate gate) {
        gates = Arrays.copyOf(gates, gates.length + 1);
        gates[gates.length - 1] = gate;
    }

    /** Takes a gate away; one that is not there is no matter. */
    public void open(Gate gate) {
        List<Gate> rest = new ArrayList<>(List.of(gates));
        rest.remove(gate);
        gates = rest.toArray(new Gate[0]);
    }

    /** What a gate that is in place has to say. @return null where none has */
    SenseData gateSense() {
        for (Gate gate : gates) {
            if (gate.sense() != null) {
                return gate.sense();
            }
        }
        return null;
    }

    // ---- the ends of a command; every one passes here ----

    public void good(ScsiCommand command) {
        command.status = GOOD;
        command.responder.completed(command);
    }

    /** CONDITION MET (SAM-6 5.3.1): what was asked for is so. */
    public void conditionMet(ScsiCommand command) {
        command.status = CONDITION_MET;
        command.responder.completed(command);
    }

    /** GOOD with parameter data, cut to the allocation length of the CDB. */
    public void data(ScsiCommand command, byte[] bytes, long allocationLength) {
        int length = (int) Math.min(bytes.length, allocationLength);
        command.transferLength = length;
        if (length > 0) {
            command.dataIn = Unpooled.wrappedBuffer(bytes, 0, length);
        }
        good(command);
    }

    public int fail(ScsiCommand command, AdditionalSense sense) {
        return fail(command, SenseData.of(sense));
    }

    /** @param bit the most significant wrong bit of the byte, or {@link SenseData#NONE} for all of it */
    public int invalidField(ScsiCommand command, int cdbByte, int bit) {
        return fail(command, SenseData.field(AdditionalSense.INVALID_FIELD_IN_CDB, cdbByte, bit));
    }

    public int invalidField(ScsiCommand command, int cdbByte) {
        return invalidField(command, cdbByte, SenseData.NONE);
    }

    /** Ends a command with CHECK CONDITION. @return {@link ScsiTarget#REFUSED}, so that a planner can pass it on */
    public int fail(ScsiCommand command, SenseData sense) {
        LOG.debug("LUN {}: operation code {} refused: {}", number, command.cdb[0] & 0xFF, sense);
        return checkCondition(command, sense, descriptorSense());
    }

    /** Ends a command with CHECK CONDITION and sense that was laid out already. */
    public void fail(ScsiCommand command, byte[] sense) {
        command.status = CHECK_CONDITION;
        command.sense = sense;
        command.responder.completed(command);
    }

    /** Ends a command with a status that carries neither data nor sense. */
    public void end(ScsiCommand command, byte status) {
        command.status = status;
        command.responder.completed(command);
    }

    /** Ends a command with RESERVATION CONFLICT. @return {@link ScsiTarget#REFUSED} */
    public int conflict(ScsiCommand command) {
        LOG.debug("LUN {}: operation code {} of {} conflicts with a reservation", number, command.cdb[0] & 0xFF, command.nexus);
        command.status = RESERVATION_CONFLICT;
        command.responder.completed(command);
        return ScsiTarget.REFUSED;
    }

    /** The device threw. Told at the first time, the second, the fourth and so on, since an initiator tries again and again. */
    public void broken(RuntimeException defect) {
        if (Long.bitCount(++defects) == 1) {
            LOG.error("LUN {}: a request failed for a defect, {} so far", number, defects, defect);
        }
    }

    /** The one place where a failure gets its form; also for LUNs that have no unit. */
    public static int checkCondition(ScsiCommand command, SenseData sense, boolean descriptor) {
        command.status = CHECK_CONDITION;
        command.sense = sense.encode(descriptor);
        command.responder.completed(command);
        return ScsiTarget.REFUSED;
    }

    /** The store has other values than before. */
    public void storeChanged() {
        LOG.info("LUN {}: what is kept with the disk was read", number);
        if (loadModes()) {
            modesChangedBy(null);
        }
        for (UnitPart part : parts) {
            part.storeChanged();
        }
    }

    /** D_SENSE of the control mode page. */
    public boolean descriptorSense() {
        return modes.descriptorSense();
    }

    // ---- the pages of the parts ----

    IntStream partPages() {
        return Arrays.stream(parts).flatMapToInt(part -> IntStream.of(part.pages()));
    }

    /** @return null where no part has that page */
    byte[] partPage(int code) {
        for (UnitPart part : parts) {
            if (IntStream.of(part.pages()).anyMatch(each -> each == code)) {
                return part.page(code);
            }
        }
        return null;
    }

    // ---- nexuses and their unit attentions ----

    public void establish(Nexus nexus, AdditionalSense condition) {
        attentions.computeIfAbsent(nexus, key -> new UnitAttentions()).establish(condition);
    }

    /** Establishes a condition for every nexus that is known. */
    public void establishForAll(AdditionalSense condition) {
        for (UnitAttentions waiting : attentions.values()) {
            waiting.establish(condition);
        }
    }

    /** Establishes a condition for the known nexuses that are meant. */
    public void establish(Predicate<Nexus> meant, AdditionalSense condition) {
        for (Map.Entry<Nexus, UnitAttentions> each : attentions.entrySet()) {
            if (meant.test(each.getKey())) {
                each.getValue().establish(condition);
            }
        }
    }

    /** The nexuses that are logged in now. */
    public Set<Nexus> nexuses() {
        return Set.copyOf(attentions.keySet());
    }

    private boolean hasAttention(Nexus nexus) {
        UnitAttentions waiting = attentions.get(nexus);
        return waiting != null && !waiting.isEmpty();
    }

    public void clear(Nexus nexus, AdditionalSense condition) {
        UnitAttentions waiting = attentions.get(nexus);
        if (waiting != null) {
            waiting.clear(condition);
        }
    }

    /** Tells every nexus that a threshold is reached. @param descriptor where its descriptor begins in the mode page */
    public void thresholdReached(long descriptor) {
        for (UnitAttentions waiting : attentions.values()) {
            waiting.thresholdReached(descriptor);
        }
    }

    /** See {@link ScsiTarget#pendingEvent}: UADE DEPTH 1 where one condition waits, 2 for more. */
    public int pendingEvent(Nexus nexus) {
        UnitAttentions waiting = attentions.get(nexus);
        if (waiting == null || waiting.isEmpty()) {
            return 0;
        }
        AdditionalSense next = waiting.peek();
        int depth = waiting.count() == 1 ? 1 : 2;
        return (depth << 4 | next.key()) << 16 | (next.code() & 0xFF) << 8 | next.qualifier() & 0xFF;
    }

    /** Takes the attention that is to be reported next. @return null where none waits */
    public SenseData pollAttention(Nexus nexus) {
        UnitAttentions waiting = attentions.get(nexus);
        SenseData told = waiting == null ? null : waiting.poll();
        if (told != null) {
            for (UnitPart part : parts) {
                part.attentionTold(nexus, told.sense());
            }
        }
        return told;
    }

    /** What REQUEST SENSE tells last. @return null for nothing */
    AdditionalSense noted() {
        for (UnitPart part : parts) {
            if (part.noted() != null) {
                return part.noted();
            }
        }
        return null;
    }

    /** Mode parameters are shared: every other nexus is told. @param nexus null where nobody did it */
    void modesChangedBy(Nexus nexus) {
        for (Map.Entry<Nexus, UnitAttentions> each : attentions.entrySet()) {
            if (!each.getKey().equals(nexus)) {
                each.getValue().establish(AdditionalSense.MODE_PARAMETERS_CHANGED);
            }
        }
        tellModes();
    }

    private void tellModes() {
        for (UnitPart part : parts) {
            part.modesChanged();
        }
    }

    /** Takes the mode pages that were kept. @return whether they are other than those in use */
    private boolean loadModes() {
        byte[] kept = store.load(ModeCommands.KEPT);
        if (kept == null) {
            return false;
        }
        ModeParameters.Loaded loaded = modes.load(kept);
        if (loaded == ModeParameters.Loaded.REFUSED) {
            LOG.warn("LUN {}: the mode pages that were kept are not understood; those in use stay", number);
        }
        return loaded == ModeParameters.Loaded.CHANGED;
    }

    public void reset() {
        modes.reset();
        tellModes();
        for (UnitPart part : parts) {
            part.reset();
        }
        establishForAll(AdditionalSense.BUS_DEVICE_RESET);
    }

    /** Nexuses lose what they hold of the unit, because another preempted them and has their commands aborted. */
    public void preempted(Predicate<Nexus> whose) {
        for (UnitPart part : parts) {
            part.preempted(whose);
        }
    }

    public void forget(Nexus nexus) {
        attentions.remove(nexus);
        for (UnitPart part : parts) {
            part.nexusLost(nexus);
        }
    }

    /** The unit is no longer presented. */
    public void removed() {
        device.listen(null);
        store.listen(null);
        for (UnitPart part : parts) {
            part.removed();
        }
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
        establishForAll(AdditionalSense.ACCESS_STATE_CHANGED);
        knownReadiness = next;
        for (UnitPart part : parts) {
            part.readinessChanged();
        }
    }
}
