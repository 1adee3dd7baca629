package io.spindrift.scsi;

import io.spindrift.block.BlockGeometry;
import io.spindrift.scsi.sense.AdditionalSense;

/** MODE SENSE (SPC-5 6.15, 6.16): the caching page (SBC-4 6.5.6) and the control page (SPC-5 7.5.10). Nothing is changeable. */
final class ModeCommands {
    private static final int ALL_PAGES = 0x3F;
    private static final int ALL_SUBPAGES = 0xFF;
    private static final int CACHING = 0x08;
    private static final int CONTROL = 0x0A;
    private static final int CHANGEABLE = 1;
    private static final int SAVED = 3;
    private static final int DBD_BIT = 3;
    private static final int LLBAA_BIT = 4;

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
        return (unit.settings().readOnly() ? 0x80 : 0) | 0x10;
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
        if (page == CACHING || page == ALL_PAGES) {
            cachingPage(pages, control);
        }
        if (page == CONTROL || page == ALL_PAGES) {
            controlPage(pages, control);
        }
        if (pages.length() == 0) {
            unit.invalidField(command, 2, 5);
            return null;
        }
        return pages.toBytes();
    }

    /** WCE = 1: writes are acknowledged before they survive power loss. */
    private static void cachingPage(ParameterData pages, int control) {
        pages.u8(CACHING).u8(0x12).u8(control == CHANGEABLE ? 0x00 : 0x04).zeros(17);
    }

    /** QUEUE ALGORITHM MODIFIER 1 (unrestricted reordering), no descriptor sense, no time limits. */
    private static void controlPage(ParameterData pages, int control) {
        pages.u8(CONTROL).u8(0x0A).u8(0).u8(control == CHANGEABLE ? 0x00 : 0x10).zeros(8);
    }
}
