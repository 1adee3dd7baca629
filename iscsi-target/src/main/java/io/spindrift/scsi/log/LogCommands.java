package io.spindrift.scsi.log;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * LOG SENSE (SPC-5 6.8). There are list parameters only, for which the PC field is ignored; nothing is saved (DS is 1), so that SP is refused, and so is PPC,
 * which is obsolete.
 */
final class LogCommands {
    private static final int ALL_SUBPAGES = 0xFF;
    private static final int DISABLE_SAVE = 0x80;
    private static final int SUBPAGE_FORMAT = 0x40;

    private LogCommands() {}

    static void sense(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        if ((cdb[1] & 0x03) != 0) {
            unit.invalidField(command, 1, Cdb.bit(cdb, 1, 1) ? 1 : 0);
            return;
        }
        int code = cdb[2] & 0x3F;
        int subpage = Cdb.u8(cdb, 3);
        LogPage page = LogPage.find(code);
        if (page == null) {
            unit.invalidField(command, 2, 5);
        } else if (subpage != 0 && subpage != ALL_SUBPAGES) {
            unit.invalidField(command, 3);
        } else {
            tell(unit, command, page, subpage);
        }
    }

    private static void tell(LogicalUnit unit, ScsiCommand command, LogPage page, int subpage) {
        int pointer = Cdb.u16(command.cdb, 5);
        LogParameters parameters = new LogParameters(pointer);
        if (subpage == ALL_SUBPAGES) {
            LogPage.listSubpages(page, parameters);
        } else {
            page.tell(LogPart.of(unit), parameters);
        }
        if (pointer > parameters.greatest()) {
            unit.invalidField(command, 5, SenseData.NONE);
            return;
        }
        byte[] body = parameters.toBytes();
        byte[] bytes = new ParameterData()
                .u8(subpage == 0 ? page.code() | (page.isList() ? 0 : DISABLE_SAVE) : page.code() | SUBPAGE_FORMAT)
                .u8(subpage)
                .u16(body.length)
                .bytes(body)
                .toBytes();
        unit.data(command, bytes, Cdb.u16(command.cdb, 7));
    }
}
