package io.spindrift.scsi.reserve;

import io.netty.buffer.ByteBufUtil;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.TargetPort;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.Gate;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.Opcode;
import io.spindrift.scsi.unit.UnitPart;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reservations of one logical unit: carries out PERSISTENT RESERVE OUT one after the other, each when what it changes is kept, and refuses
 * what conflicts. Made with its unit by {@link ReserveFamily}; lives on the target's home loop.
 */
final class UnitReservations implements UnitPart, Gate {
    static final String STORED = "reservations";
    private static final Logger LOG = LoggerFactory.getLogger(UnitReservations.class);

    private final LogicalUnit unit;
    private final TargetPorts ports;
    /** Commands that wait until what the one before them changed is kept; bounded by the transport's command windows. */
    private final ArrayDeque<ScsiCommand> waiting = new ArrayDeque<>();
    private PersistentReservations state;
    /** Who reserved with RESERVE (SPC-2 5.5.1); null for nobody. */
    private Nexus reserver;
    private boolean saving;
    private boolean closed;

    UnitReservations(LogicalUnit unit, TargetPorts ports) {
        this.unit = unit;
        this.ports = ports;
        this.state = load();
        gate();
    }

    PersistentReservations state() {
        return state;
    }

    private PersistentReservations load() {
        byte[] kept = unit.store().load(STORED);
        try {
            return kept == null || kept.length == 0 ? PersistentReservations.NONE : ReservationsFormat.decode(kept);
        } catch (IllegalArgumentException unusable) {
            LOG.error("LUN {}: its registrations are lost: {}", unit.number(), unusable.getMessage());
            return PersistentReservations.NONE;
        }
    }

    /** As after power on: what was kept holds, and whoever had more is told. */
    @Override
    public void storeChanged() {
        PersistentReservations former = state;
        state = load();
        if (!state.keys().isEmpty()) {
            LOG.info("LUN {}: {} registrations were kept, reservation {}", unit.number(), state.keys().size(), state.type());
        }
        unit.establish(nexus -> !former.keys().equals(state.keys()) && former.isRegistered(Registrant.of(nexus)),
                AdditionalSense.RESERVATIONS_PREEMPTED);
        gate();
    }

    // ---- what conflicts ----

    private void gate() {
        boolean needed = reserver != null || state.type() != null;
        if (needed && !closed) {
            unit.close(this);
        } else if (!needed && closed) {
            unit.open(this);
        }
        closed = needed;
    }

    @Override
    public boolean goesBeforeAttention() {
        return true;
    }

    @Override
    public int refuse(LogicalUnit asked, Opcode entry, ScsiCommand command) {
        boolean passes = Conflicts.passesReserve(reserver, command) && Conflicts.passesPersistent(state, entry, command);
        return passes ? 0 : unit.conflict(command);
    }

    // ---- PERSISTENT RESERVE OUT ----

    void out(ScsiCommand command) {
        waiting.add(command);
        if (!saving) {
            next();
        }
    }

    private void next() {
        while (!saving && !waiting.isEmpty()) {
            carryOut(waiting.poll());
        }
    }

    private void carryOut(ScsiCommand command) {
        byte[] list = command.dataOut == null ? new byte[0] : ByteBufUtil.getBytes(command.dataOut);
        command.transferLength = Cdb.u32(command.cdb, 5);
        Registrant from = Registrant.of(command.nexus);
        ReserveOutReader reader = new ReserveOutReader(command.cdb, list, from, targetPorts(), known());
        if (list.length != command.transferLength) {
            unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        } else if (reader.wrong() != null) {
            unit.fail(command, reader.wrong());
        } else {
            end(command, PersistentRules.apply(state, from, reader.request()));
        }
    }

    private Set<Integer> targetPorts() {
        Set<Integer> numbers = new LinkedHashSet<>();
        for (TargetPort port : ports.list()) {
            numbers.add(port.relativeIdentifier());
        }
        return numbers;
    }

    private Set<Registrant> known() {
        Set<Registrant> known = new LinkedHashSet<>(state.keys().keySet());
        unit.nexuses().forEach(nexus -> known.add(Registrant.of(nexus)));
        return known;
    }

    private void end(ScsiCommand command, Outcome outcome) {
        if (outcome.status() == Outcome.CONFLICT) {
            unit.conflict(command);
        } else if (outcome.status() == Outcome.CHECK_CONDITION) {
            unit.fail(command, outcome.sense());
        } else if (isKept(outcome.state())) {
            become(command, outcome);
        } else {
            saving = true;
            save(outcome.state()).whenComplete((done, thrown) -> {
                saving = false;
                if (thrown == null) {
                    become(command, outcome);
                } else {
                    LOG.error("LUN {}: registrations can't be kept: {}", unit.number(), String.valueOf(thrown.getMessage()));
                    unit.fail(command, AdditionalSense.INTERNAL_TARGET_FAILURE);
                }
                next();
            });
        }
    }

    /** Whether what the store has is right for a state that is to come. */
    private boolean isKept(PersistentReservations next) {
        if (!next.survivesPowerLoss()) {
            return !state.survivesPowerLoss();
        }
        return state.survivesPowerLoss() && state.keys().equals(next.keys()) && state.type() == next.type()
                && (state.holder() == null || state.holder().equals(next.holder()));
    }

    private CompletableFuture<Void> save(PersistentReservations next) {
        boolean empty = !next.survivesPowerLoss() || next.keys().isEmpty();
        return unit.store().save(STORED, empty ? new byte[0] : ReservationsFormat.encode(next));
    }

    private void become(ScsiCommand command, Outcome outcome) {
        state = outcome.state();
        gate();
        LOG.debug("LUN {}: {} registrations, reservation {} of {}", unit.number(), state.keys().size(), state.type(), state.holder());
        for (AdditionalSense condition : Set.copyOf(outcome.attentions().values())) {
            unit.establish(nexus -> outcome.attentions().get(Registrant.of(nexus)) == condition, condition);
        }
        boolean aborts = (command.cdb[1] & 0x1F) == ReserveOut.Action.PREEMPT_AND_ABORT.code();
        if (aborts && !outcome.preempted().isEmpty()) {
            Predicate<Nexus> preempted = nexus -> outcome.preempted().contains(Registrant.of(nexus));
            unit.preempted(preempted);
            command.responder.abortOthers(command, preempted, () -> unit.good(command));
        } else {
            unit.good(command);
        }
    }

    // ---- RESERVE and RELEASE (SPC-2, with the exceptions of SPC-3 5.6.3: CRH = 1) ----

    void reserve(ScsiCommand command) {
        boolean free = reserver == null || reserver.equals(command.nexus);
        if (!state.keys().isEmpty()) {
            besidePersistent(command);
        } else if (free) {
            reserver = command.nexus;
            gate();
            unit.good(command);
        } else {
            unit.conflict(command);
        }
    }

    void release(ScsiCommand command) {
        if (!state.keys().isEmpty()) {
            besidePersistent(command);
            return;
        }
        if (command.nexus.equals(reserver)) {
            reserver = null;
            gate();
        }
        unit.good(command);
    }

    /** Who has the persistent reservation, or shares it, has what it asks for; nothing changes. */
    private void besidePersistent(ScsiCommand command) {
        Registrant from = Registrant.of(command.nexus);
        if (state.type() != null && state.mayWrite(from)) {
            unit.good(command);
        } else {
            unit.conflict(command);
        }
    }

    @Override
    public void reset() {
        reserver = null;
        gate();
    }

    @Override
    public void nexusLost(Nexus nexus) {
        if (nexus.equals(reserver)) {
            reserver = null;
            gate();
        }
    }

    /** A field of the CDB that asks for what only other devices have: extents, third parties. */
    static SenseData unsupported(byte[] cdb) {
        int bits = cdb[1] & 0x1F;
        if (bits != 0) {
            return SenseData.field(AdditionalSense.INVALID_FIELD_IN_CDB, 1, 31 - Integer.numberOfLeadingZeros(bits));
        }
        boolean list = Cdb.length(cdb) == 10 && Cdb.u16(cdb, 7) != 0;
        return list ? SenseData.field(AdditionalSense.INVALID_FIELD_IN_CDB, 7, SenseData.NONE) : null;
    }
}
