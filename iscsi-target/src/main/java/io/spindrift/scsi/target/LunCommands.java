package io.spindrift.scsi.target;

import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.unit.CommandFamily;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.Opcode;
import io.spindrift.scsi.unit.OpcodeTable;
import io.spindrift.scsi.unit.UnitPart;

/** REPORT LUNS (SPC-5 6.33): the one command that a unit can't answer out of itself. */
final class LunCommands implements CommandFamily {
    private final LunInventory inventory;

    LunCommands(LunInventory inventory) {
        this.inventory = inventory;
    }

    @Override
    public void addTo(OpcodeTable.Rows rows) {
        rows.add("REPORT LUNS", "A0 00 FF 00 00 00 FF FF FF FF 00 04", Opcode.ALWAYS, Opcode.NO_DATA, this::reportLuns);
    }

    /** LUICLR is 1 (SPC-5 7.7.7): what one unit of the target has told of the inventory, the others need not tell that nexus again. */
    @Override
    public UnitPart partOf(LogicalUnit unit) {
        return new UnitPart() {
            @Override
            public void attentionTold(Nexus nexus, AdditionalSense condition) {
                if (condition == AdditionalSense.REPORTED_LUNS_CHANGED) {
                    inventoryTold(nexus);
                }
            }
        };
    }

    private void inventoryTold(Nexus nexus) {
        for (LogicalUnit each = inventory.from(0); each != null; each = inventory.from(each.number() + 1)) {
            each.clear(nexus, AdditionalSense.REPORTED_LUNS_CHANGED);
        }
    }

    private void reportLuns(LogicalUnit unit, ScsiCommand command) {
        byte[] list = lunList(inventory, Cdb.u8(command.cdb, 2));
        if (list == null) {
            unit.invalidField(command, 2);
            return;
        }
        inventoryTold(command.nexus);
        unit.data(command, list, Cdb.u32(command.cdb, 6));
    }

    /**
     * The list by SELECT REPORT (SPC-5 6.33): there are neither well-known units (01h) nor administrative or subsidiary ones (10h,
     * 12h), so those lists are empty.
     *
     * @return null where the value is reserved
     */
    static byte[] lunList(LunInventory inventory, int select) {
        boolean listed;
        switch (select) {
            case 0x00:
            case 0x02:
            case 0x11:
                listed = true;
                break;
            case 0x01:
            case 0x10:
            case 0x12:
                listed = false;
                break;
            default:
                return null;
        }
        ParameterData list = new ParameterData().u32(listed ? 8L * inventory.count() : 0).u32(0);
        for (LogicalUnit unit = inventory.from(0); listed && unit != null; unit = inventory.from(unit.number() + 1)) {
            list.u64(LunInventory.encode(unit.number()));
        }
        return list.toBytes();
    }
}
