package io.spindrift.scsi.unit;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import java.util.EnumSet;
import java.util.Set;

/** One entry of the {@link OpcodeTable}: all that is known of a command before it runs. Immutable. */
public final class Opcode {
    /** What the unit must look at before the command may run. */
    public enum Trait {
        /** Runs although a unit attention waits, and leaves it there (SAM-6 5.14; INQUIRY, REPORT LUNS, REQUEST SENSE). */
        IGNORES_ATTENTION,
        /** Is refused while the medium can't be reached. */
        NEEDS_MEDIUM,
        /** Changes the medium: refused where the unit is read-only. */
        WRITES,
        /** Runs for every initiator whoever holds a persistent reservation (SPC-5 5.14, SBC-4 4.17). */
        IGNORES_RESERVATION,
        /** Runs beside a persistent reservation that is for writing only. What has neither this trait nor the one above needs leave to write. */
        READS_ONLY
    }

    /** Says how much Data-Out a command takes, or refuses it; see {@link ScsiTarget#plan}. */
    public interface Planner {
        int plan(LogicalUnit unit, ScsiCommand command);
    }

    /** Carries a command out and completes it, at once or later. */
    public interface Handler {
        void run(LogicalUnit unit, ScsiCommand command);
    }

    /** The traits of commands that run whatever else is so. */
    public static final Set<Trait> ALWAYS = Set.of(Trait.IGNORES_ATTENTION, Trait.IGNORES_RESERVATION);
    /** The traits of commands that tell about the unit and not about what is on it. */
    public static final Set<Trait> ABOUT = Set.of(Trait.IGNORES_RESERVATION);
    /** The traits of commands that look at the medium. */
    public static final Set<Trait> READS = Set.of(Trait.NEEDS_MEDIUM, Trait.READS_ONLY);
    /** The traits of commands that make changes of the medium durable. */
    public static final Set<Trait> SYNCHRONIZES = Set.of(Trait.NEEDS_MEDIUM);
    /** The traits of commands that change the medium. */
    public static final Set<Trait> CHANGES = Set.of(Trait.NEEDS_MEDIUM, Trait.WRITES);
    /** The planner of a command that takes no data. */
    public static final Planner NO_DATA = (unit, command) -> 0;

    static final int NO_SERVICE_ACTION = -1;

    private final String name;
    private final int serviceAction;
    private final byte[] usage;
    private final Set<Trait> traits;
    private final Planner planner;
    private final Handler handler;

    /** @param usage the CDB usage bitmap of REPORT SUPPORTED OPERATION CODES; its first byte is the operation code, its length the CDB's */
    Opcode(String name, int serviceAction, byte[] usage, Set<Trait> traits, Planner planner, Handler handler) {
        this.name = name;
        this.serviceAction = serviceAction;
        this.usage = usage;
        this.traits = traits.isEmpty() ? EnumSet.noneOf(Trait.class) : EnumSet.copyOf(traits);
        this.planner = planner;
        this.handler = handler;
    }

    public int code() {
        return usage[0] & 0xFF;
    }

    public int serviceAction() {
        return serviceAction;
    }

    public boolean hasServiceAction() {
        return serviceAction != NO_SERVICE_ACTION;
    }

    public int cdbLength() {
        return usage.length;
    }

    public byte[] usage() {
        return usage;
    }

    public boolean is(Trait trait) {
        return traits.contains(trait);
    }

    Planner planner() {
        return planner;
    }

    Handler handler() {
        return handler;
    }

    @Override
    public String toString() {
        return name;
    }
}
