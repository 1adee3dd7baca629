package io.spindrift.scsi.unit;

import io.netty.buffer.ByteBufUtil;
import io.spindrift.block.BlockGeometry;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ModeParameters;
import io.spindrift.scsi.data.ModeSelection;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;

/** MODE SENSE and MODE SELECT (SPC-5 6.13 to 6.16); the pages themselves are {@link ModeParameters}. */
final class ModeCommands {
    /** The name by which a unit's saved pages are kept. */
    static final String KEPT = "mode-pages";
    private static final int DBD_BIT = 3;
    private static final int LLBAA_BIT = 4;
    private static final int PF_BIT = 4;
    private static final int RTD_BIT = 1;
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
        ParameterData pages = new ParameterData();
        int wrong = unit.modes().sense(command.cdb[2] & 0x3F, Cdb.u8(command.cdb, 3), control, pages);
        if (wrong >= 0) {
            unit.invalidField(command, wrong, wrong == 2 ? 5 : SenseData.NONE);
            return null;
        }
        return pages.toBytes();
    }

    /** First dispatch of MODE SELECT: the parameter list, as long as the CDB says. */
    static int planSelect(LogicalUnit unit, ScsiCommand command) {
        int length = listLength(command.cdb);
        boolean revert = Cdb.bit(command.cdb, 1, RTD_BIT);
        if (length > 0 && !revert && !Cdb.bit(command.cdb, 1, PF_BIT)) {
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
        boolean revert = Cdb.bit(command.cdb, 1, RTD_BIT);
        if (length == 0 && !revert) {
            unit.good(command);
            return;
        }
        int header = Cdb.length(command.cdb) == 6 ? 4 : 8;
        boolean whole = command.dataOut != null && command.dataOut.readableBytes() >= length;
        if (!revert && (!whole || length < header)) {
            unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        byte[] list = revert ? new byte[0] : ByteBufUtil.getBytes(command.dataOut, command.dataOut.readerIndex(), length);
        SenseData wrong = revert ? null : checkHeader(unit.geometry(), list, header);
        ModeSelection selection = null;
        if (wrong == null) {
            selection = revert ? ModeParameters.defaults() : unit.modes().look(list, header + descriptorLength(list, header));
            wrong = selection.wrong();
        }
        if (wrong != null) {
            unit.fail(command, wrong);
        } else {
            new ModeChange(unit, command, selection).begin(Cdb.bit(command.cdb, 1, SP_BIT));
        }
    }

    private static int descriptorLength(byte[] list, int header) {
        return header == 4 ? Cdb.u8(list, 3) : Cdb.u16(list, 6);
    }

    /** MEDIUM TYPE is 0 in a disk. Lengths and the device specific parameter are reserved here; initiators send back what they were given. */
    private static SenseData checkHeader(BlockGeometry geometry, byte[] list, int header) {
        int mediumType = header == 4 ? 1 : 2;
        if (list[mediumType] != 0) {
            return wrong(mediumType);
        }
        int length = descriptorLength(list, header);
        if (header + length > list.length) {
            return SenseData.of(AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
        }
        boolean longLba = header == 8 && Cdb.bit(list, 4, 0);
        if (length == 0) {
            return null;
        }
        if (length != (longLba ? 16 : 8)) {
            return wrong(header == 4 ? 3 : 6);
        }
        return longLba ? checkLongDescriptor(geometry, list, header) : checkShortDescriptor(geometry, list, header);
    }

    /** A disk's size and block length can't be chosen: a block descriptor may only say what is so, or nothing (0 blocks: no change). */
    private static SenseData checkShortDescriptor(BlockGeometry geometry, byte[] list, int at) {
        long blocks = Cdb.u32(list, at);
        if (blocks != 0 && blocks != Math.min(geometry.blockCount(), 0xFFFF_FFFFL)) {
            return wrong(at);
        }
        return Cdb.u24(list, at + 5) == geometry.blockLength() ? null : wrong(at + 5);
    }

    private static SenseData checkLongDescriptor(BlockGeometry geometry, byte[] list, int at) {
        long blocks = Cdb.s64(list, at);
        if (blocks != 0 && blocks != geometry.blockCount()) {
            return wrong(at);
        }
        return Cdb.u32(list, at + 12) == geometry.blockLength() ? null : wrong(at + 12);
    }

    private static SenseData wrong(int at) {
        return SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, at, SenseData.NONE);
    }
}
