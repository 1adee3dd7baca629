package io.spindrift.scsi.unit;

import io.netty.buffer.ByteBufUtil;
import io.spindrift.block.BlockGeometry;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ModeParameters;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;

/** MODE SENSE and MODE SELECT (SPC-5 6.13 to 6.16); the pages themselves are {@link ModeParameters}. */
final class ModeCommands {
    private static final int ALL_SUBPAGES = 0xFF;
    private static final int SAVED = 3;
    private static final int DBD_BIT = 3;
    private static final int LLBAA_BIT = 4;
    private static final int PF_BIT = 4;
    private static final int SP_BIT = 0;

    private ModeCommands() {}

    static void sense6(LogicalUnit unit, ScsiCommand command) {
        byte[] pages = pages(unit, command);
        if (pages == null) {
            return;
        }
        byte[] descriptor = Cdb.bit(command.cdb, 1, DBD_BIT) ? new byte[0] : shortDescriptor(unit.geometry());
        byte[] bytes = new ParameterData()
                .u8(3 + descriptor.length + pages.length)
                .u8(0)
                .u8(deviceSpecific(unit))
                .u8(descriptor.length)
                .bytes(descriptor)
                .bytes(pages)
                .toBytes();
        unit.data(command, bytes, Cdb.u8(command.cdb, 4));
    }

    static void sense10(LogicalUnit unit, ScsiCommand command) {
        byte[] pages = pages(unit, command);
        if (pages == null) {
            return;
        }
        boolean longLba = Cdb.bit(command.cdb, 1, LLBAA_BIT);
        byte[] descriptor = new byte[0];
        if (!Cdb.bit(command.cdb, 1, DBD_BIT)) {
            descriptor = longLba ? longDescriptor(unit.geometry()) : shortDescriptor(unit.geometry());
        }
        byte[] bytes = new ParameterData()
                .u16(6 + descriptor.length + pages.length)
                .u8(0)
                .u8(deviceSpecific(unit))
                .u8(longLba && descriptor.length > 0 ? 1 : 0)
                .u8(0)
                .u16(descriptor.length)
                .bytes(descriptor)
                .bytes(pages)
                .toBytes();
        unit.data(command, bytes, Cdb.u16(command.cdb, 7));
    }

    /** SBC-4 6.5.1: WP, and DPOFUA because both bits are understood. */
    private static int deviceSpecific(LogicalUnit unit) {
        return (unit.writeProtection() != null ? 0x80 : 0) | 0x10;
    }

    private static byte[] shortDescriptor(BlockGeometry geometry) {
        return new ParameterData().u32(Math.min(geometry.blockCount(), 0xFFFF_FFFFL)).u32(geometry.blockLength()).toBytes();
    }

    private static byte[] longDescriptor(BlockGeometry geometry) {
        return new ParameterData().u64(geometry.blockCount()).u32(0).u32(geometry.blockLength()).toBytes();
    }

    /** The pages that were asked for, in ascending order. @return null where the command was refused */
    private static byte[] pages(LogicalUnit unit, ScsiCommand command) {
        int control = Cdb.u8(command.cdb, 2) >>> 6;
        int page = command.cdb[2] & 0x3F;
        int subpage = Cdb.u8(command.cdb, 3);
        if (control == SAVED) {
            unit.fail(command, AdditionalSense.SAVING_NOT_SUPPORTED);
            return null;
        }
        if (subpage != 0 && subpage != ALL_SUBPAGES) {
            unit.invalidField(command, 3);
            return null;
        }
        ParameterData pages = new ParameterData();
        unit.modes().sense(page, control, pages);
        if (pages.length() == 0) {
            unit.invalidField(command, 2, 5);
            return null;
        }
        return pages.toBytes();
    }

    /** First dispatch of MODE SELECT: the parameter list, as long as the CDB says. */
    static int planSelect(LogicalUnit unit, ScsiCommand command) {
        if (Cdb.bit(command.cdb, 1, SP_BIT)) {
            return unit.invalidField(command, 1, SP_BIT);
        }
        int length = listLength(command.cdb);
        if (length > 0 && !Cdb.bit(command.cdb, 1, PF_BIT)) {
            return unit.invalidField(command, 1, PF_BIT);
        }
        return (int) Math.min(length, command.expectedDataOut);
    }

    private static int listLength(byte[] cdb) {
        return Cdb.length(cdb) == 6 ? Cdb.u8(cdb, 4) : Cdb.u16(cdb, 7);
    }

    static void select(LogicalUnit unit, ScsiCommand command) {
        int length = listLength(command.cdb);
        command.transferLength = length;
        if (length == 0) {
            unit.good(command);
            return;
        }
        int header = Cdb.length(command.cdb) == 6 ? 4 : 8;
        if (command.dataOut == null || command.dataOut.readableBytes() < length || length < header) {
            unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        byte[] list = ByteBufUtil.getBytes(command.dataOut, command.dataOut.readerIndex(), length);
        int descriptor = header == 4 ? Cdb.u8(list, 3) : Cdb.u16(list, 6);
        SenseData wrong = header + descriptor > length
                ? SenseData.of(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR)
                : checkDescriptor(unit.geometry(), list, header, descriptor);
        if (wrong == null) {
            wrong = unit.modes().select(list, header + descriptor);
        }
        if (wrong != null) {
            unit.fail(command, wrong);
            return;
        }
        unit.modesChangedBy(command.nexus);
        unit.good(command);
    }

    /** The block length of a disk can't be chosen: a block descriptor may only say what is so. */
    private static SenseData checkDescriptor(BlockGeometry geometry, byte[] list, int at, int length) {
        boolean fine = length == 0
                || length == 8 && Cdb.u24(list, at + 5) == geometry.blockLength()
                || length == 16 && Cdb.u32(list, at + 12) == geometry.blockLength();
        return fine ? null : SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, SenseData.NONE);
    }
}
