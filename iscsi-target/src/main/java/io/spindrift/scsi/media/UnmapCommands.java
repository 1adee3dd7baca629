package io.spindrift.scsi.media;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockGeometry;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.LogicalUnitSettings;

/** UNMAP (SBC-4 5.35). The whole parameter list is checked before the first block changes. */
final class UnmapCommands {
    private static final int HEADER_LENGTH = 8;
    private static final int DESCRIPTOR_LENGTH = 16;
    private static final int ANCHOR_BIT = 0;
    private static final MediaTask.Step UNMAP = UnmapCommands::step;

    private UnmapCommands() {}

    static int plan(LogicalUnit unit, ScsiCommand command) {
        if (Cdb.bit(command.cdb, 1, ANCHOR_BIT)) {
            return unit.invalidField(command, 1, ANCHOR_BIT);
        }
        int listLength = Cdb.u16(command.cdb, 7);
        if (listLength > 0 && listLength < HEADER_LENGTH) {
            return unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        }
        return (int) Math.min(listLength, command.expectedDataOut);
    }

    static void unmap(LogicalUnit unit, ScsiCommand command) {
        int listLength = Cdb.u16(command.cdb, 7);
        command.transferLength = listLength;
        if (listLength == 0) {
            unit.good(command);
            return;
        }
        ByteBuf list = command.dataOut;
        if (list == null || list.readableBytes() < listLength) {
            unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        int descriptors = descriptors(list, listLength);
        SenseData wrong = check(unit, list, descriptors);
        if (wrong != null) {
            unit.fail(command, wrong);
            return;
        }
        MediaTask task = MediaPart.of(unit).task(command);
        task.blocks = descriptors;
        start(task, list, descriptors);
    }

    private static void start(MediaTask task, ByteBuf list, int descriptors) {
        long first = Long.MAX_VALUE;
        long end = 0;
        for (int i = 0; i < descriptors; i++) {
            int at = list.readerIndex() + HEADER_LENGTH + i * DESCRIPTOR_LENGTH;
            first = Math.min(first, list.getLong(at));
            end = Math.max(end, list.getLong(at) + list.getUnsignedInt(at + 8));
        }
        task.start(UNMAP, first, end);
    }

    /** Whole descriptors only; what is left of a cut one is ignored (SBC-4 5.35.2). */
    private static int descriptors(ByteBuf list, int listLength) {
        int said = list.getUnsignedShort(list.readerIndex() + 2);
        return Math.min(said, listLength - HEADER_LENGTH) / DESCRIPTOR_LENGTH;
    }

    /** @return null where all is well */
    private static SenseData check(LogicalUnit unit, ByteBuf list, int descriptors) {
        LogicalUnitSettings.Limits limits = unit.settings().limits();
        BlockGeometry geometry = unit.geometry();
        if (descriptors > limits.unmapDescriptors()) {
            return SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, 2, SenseData.NONE);
        }
        long most = limits.unmapBytes() / geometry.blockLength();
        long total = 0;
        for (int i = 0; i < descriptors; i++) {
            int at = HEADER_LENGTH + i * DESCRIPTOR_LENGTH;
            long lba = list.getLong(list.readerIndex() + at);
            long count = list.getUnsignedInt(list.readerIndex() + at + 8);
            if (!geometry.contains(lba, count)) {
                return SenseData.of(AdditionalSense.LBA_OUT_OF_RANGE);
            }
            total += count;
            if (total > most) {
                return SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at + 8, SenseData.NONE);
            }
        }
        return null;
    }

    /** One descriptor after the other; {@code round} counts those that are done, and skipped ones of no blocks with them. */
    private static void step(MediaTask task) {
        ByteBuf list = task.command().dataOut;
        while (task.round < task.blocks) {
            int at = list.readerIndex() + HEADER_LENGTH + task.round * DESCRIPTOR_LENGTH;
            long count = list.getUnsignedInt(at + 8);
            if (count > 0) {
                if (!task.stopped()) {
                    task.lba = list.getLong(at);
                    task.unit().device().unmap(task.lba, count, task);
                }
                return;
            }
            task.round++;
        }
        task.finish();
    }
}
