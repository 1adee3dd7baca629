package io.spindrift.scsi.media;

import static io.spindrift.scsi.unit.Opcode.CHANGES;
import static io.spindrift.scsi.unit.Opcode.READS;
import static io.spindrift.scsi.unit.Opcode.SYNCHRONIZES;

import io.netty.buffer.ByteBufAllocator;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.OpcodeTable;
import io.spindrift.scsi.unit.UnitPart;

/** The commands that reach the medium (SBC-4 clause 5). Made with the target, whose units share its tasks. */
public final class MediaFamily implements CommandFamily {
    private final TaskPool tasks;

    /** @param allocator where Data-In and the working pieces of long commands come from */
    public MediaFamily(ByteBufAllocator allocator) {
        this.tasks = new TaskPool(allocator);
    }

    @Override
    public UnitPart partOf(LogicalUnit unit) {
        return new MediaPart(unit, tasks);
    }

    @Override
    public boolean abort(ScsiCommand command) {
        return tasks.abort(command);
    }

    @Override
    public void addTo(OpcodeTable.Rows rows) {
        addReads(rows);
        addWrites(rows);
        addBoth(rows);
        addNear(rows);
        addProvisioning(rows);
    }

    private static void addReads(OpcodeTable.Rows rows) {
        rows.add("READ(6)", "08 1F FF FF FF 04", READS, MediaCommands::planRead, MediaCommands::read);
        rows.add("READ(10)", "28 F8 FF FF FF FF 00 FF FF 04", READS, MediaCommands::planRead, MediaCommands::read);
        rows.add("READ(12)", "A8 F8 FF FF FF FF FF FF FF FF 00 04", READS, MediaCommands::planRead, MediaCommands::read);
        rows.add("READ(16)", "88 F8 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", READS, MediaCommands::planRead, MediaCommands::read);
        rows.add("VERIFY(10)", "2F F6 FF FF FF FF 00 FF FF 04", READS, VerifyCommands::plan, VerifyCommands::verify);
        rows.add("VERIFY(12)", "AF F6 FF FF FF FF FF FF FF FF 00 04", READS, VerifyCommands::plan, VerifyCommands::verify);
        rows.add("VERIFY(16)", "8F F6 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", READS, VerifyCommands::plan, VerifyCommands::verify);
    }

    private static void addBoth(OpcodeTable.Rows rows) {
        rows.add("WRITE AND VERIFY(10)", "2E F6 FF FF FF FF 00 FF FF 04", CHANGES, WriteVerify::plan, WriteVerify::writeAndVerify);
        rows.add("WRITE AND VERIFY(12)", "AE F6 FF FF FF FF FF FF FF FF 00 04", CHANGES, WriteVerify::plan, WriteVerify::writeAndVerify);
        rows.add("WRITE AND VERIFY(16)", "8E F6 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", CHANGES, WriteVerify::plan, WriteVerify::writeAndVerify);
        rows.add("COMPARE AND WRITE", "89 F8 FF FF FF FF FF FF FF FF 00 00 00 FF 00 04", CHANGES, AtomicCommands::planCompare,
                AtomicCommands::compareAndWrite);
        rows.add("WRITE ATOMIC(16)", "9C F8 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", CHANGES, AtomicCommands::planWrite,
                AtomicCommands::writeAtomic);
        rows.add("ORWRITE(16)", "8B F8 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", CHANGES, OrWrite::plan, OrWrite::orWrite);
    }

    private static void addNear(OpcodeTable.Rows rows) {
        rows.add("PRE-FETCH(10)", "34 02 FF FF FF FF 00 FF FF 04", READS, PreFetch::plan, PreFetch::preFetch);
        rows.add("PRE-FETCH(16)", "90 02 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", READS, PreFetch::plan, PreFetch::preFetch);
    }

    private static void addWrites(OpcodeTable.Rows rows) {
        rows.add("WRITE(6)", "0A 1F FF FF FF 04", CHANGES, MediaCommands::planWrite, MediaCommands::write);
        rows.add("WRITE(10)", "2A F8 FF FF FF FF 00 FF FF 04", CHANGES, MediaCommands::planWrite, MediaCommands::write);
        rows.add("WRITE(12)", "AA F8 FF FF FF FF FF FF FF FF 00 04", CHANGES, MediaCommands::planWrite, MediaCommands::write);
        rows.add("WRITE(16)", "8A F8 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", CHANGES, MediaCommands::planWrite, MediaCommands::write);
        rows.add("SYNCHRONIZE CACHE(10)", "35 02 FF FF FF FF 00 FF FF 04", SYNCHRONIZES, MediaCommands::planSynchronize,
                MediaCommands::synchronize);
        rows.add("SYNCHRONIZE CACHE(16)", "91 02 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", SYNCHRONIZES, MediaCommands::planSynchronize,
                MediaCommands::synchronize);
    }

    private static void addProvisioning(OpcodeTable.Rows rows) {
        rows.add("GET LBA STATUS", 0x12, "9E 12 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", READS, LbaStatus::plan, LbaStatus::report);
        rows.add("WRITE SAME(10)", "41 F8 FF FF FF FF 00 FF FF 04", CHANGES, WriteSameCommands::plan, WriteSameCommands::writeSame);
        rows.add("WRITE SAME(16)", "93 F9 FF FF FF FF FF FF FF FF FF FF FF FF 00 04", CHANGES, WriteSameCommands::plan, WriteSameCommands::writeSame);
        rows.add("UNMAP", "42 01 00 00 00 00 00 FF FF 04", CHANGES, UnmapCommands::plan, UnmapCommands::unmap);
    }
}
