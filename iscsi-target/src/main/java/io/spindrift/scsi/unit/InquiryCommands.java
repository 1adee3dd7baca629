package io.spindrift.scsi.unit;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;

/** INQUIRY (SPC-5 6.7): the standard data here, the vital product data pages in {@link VitalProductData}. */
public final class InquiryCommands {
    private static final int STANDARD_LENGTH = 96;
    private static final byte CONNECTED_DISK = 0x00;
    /** SAM-5, SPC-4, SBC-3 and iSCSI, each with no version claimed (SPC-5 6.7.2, table of version descriptors). */
    private static final int[] VERSION_DESCRIPTORS = {0x00A0, 0x0460, 0x04C0, 0x0960};

    private InquiryCommands() {}

    static void inquiry(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        boolean vitalProductData = Cdb.bit(cdb, 1, 0);
        if ((cdb[1] & 0xFE) != 0) {
            unit.invalidField(command, 1, 7 - Integer.numberOfLeadingZeros((cdb[1] & 0xFE) << 24));
            return;
        }
        if (!vitalProductData && cdb[2] != 0) {
            unit.invalidField(command, 2);
            return;
        }
        byte[] bytes = vitalProductData
                ? VitalProductData.page(Cdb.u8(cdb, 2), unit, command.nexus)
                : standard(CONNECTED_DISK, unit.settings().removable(), unit.settings().text());
        if (bytes == null) {
            unit.invalidField(command, 2);
        } else {
            unit.data(command, bytes, Cdb.u16(cdb, 3));
        }
    }

    /** Standard INQUIRY data, 96 bytes. @param peripheral the qualifier and the device type @param removable whether the medium can be ejected */
    public static byte[] standard(byte peripheral, boolean removable, LogicalUnitSettings.Text text) {
        ParameterData data = new ParameterData()
                .u8(peripheral)
                .u8(removable ? 0x80 : 0x00) // RMB
                .u8(0x06) // VERSION: SPC-4, the newest that initiators and test suites in use know
                .u8(0x12) // HISUP = 1 (LUNs by the hierarchical model), RESPONSE DATA FORMAT 2
                .u8(STANDARD_LENGTH - 5)
                .u8(0x18) // no SCCS, TPGS = 01b (implicit access states), 3PC = 1 (third-party copy), no protection
                .u8(0x00)
                .u8(0x02) // CMDQUE = 1
                .padded(text.vendor(), 8)
                .padded(text.product(), 16)
                .padded(text.revision(), 4)
                .zeros(58 - 36);
        for (int descriptor : VERSION_DESCRIPTORS) {
            data.u16(descriptor);
        }
        return data.zeros(STANDARD_LENGTH - data.length()).toBytes();
    }
}
