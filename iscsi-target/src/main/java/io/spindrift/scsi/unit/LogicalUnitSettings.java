package io.spindrift.scsi.unit;

import io.spindrift.block.BlockDevice;
import io.spindrift.scsi.data.Designator;
import io.spindrift.scsi.data.ParameterData;
import java.util.List;
import java.util.UUID;

/**
 * What one logical unit says of itself and the limits it sets.
 *
 * @param identity stays with the disk for its life, wherever it is served; the NAA and UUID designators come from it, so two
 *     hosts that present the same image must give the same one
 * @param serial the unit serial number, 1 to 64 ASCII characters
 * @param text the strings of the standard INQUIRY data
 * @param limits how much one command may ask for
 * @param readOnly whether writes are refused with DATA PROTECT
 * @param removable whether the medium can be ejected and loaded
 */
public record LogicalUnitSettings(UUID identity, String serial, Text text, Limits limits, boolean readOnly, boolean removable) {
    private static final int MAX_SERIAL = 64;

    public LogicalUnitSettings {
        if (identity == null || text == null || limits == null) {
            throw new IllegalArgumentException("identity, text and limits of a logical unit must be given");
        }
        checkAscii("serial", serial, 1, MAX_SERIAL);
    }

    /** The serial number is the identity's hexadecimal digits; everything else is the default. */
    public static LogicalUnitSettings defaults(UUID identity) {
        return new LogicalUnitSettings(identity, identity.toString().replace("-", ""), Text.defaults(), Limits.defaults(), false, false);
    }

    /**
     * The names of the unit, of association logical unit: the identity as NAA and as UUID, then vendor and serial number. NAA 3h is locally assigned:
     * 60 bits mixed from the UUID (multiplied by odd constants, so that every bit of it counts; the version and variant bits of a UUID
     * are the same in all of them).
     */
    public List<Designator> designators() {
        long most = identity.getMostSignificantBits();
        long least = identity.getLeastSignificantBits();
        long mixed = (most * 0x9E3779B97F4A7C15L ^ Long.rotateLeft(least, 32)) * 0xD6E8FEB86659FD93L;
        long naa = 3L << 60 | (mixed ^ mixed >>> 32) & 0x0FFF_FFFF_FFFF_FFFFL;
        byte[] vendorAndSerial = new ParameterData().padded(text.vendor(), 8).padded(serial, serial.length()).toBytes();
        return List.of(
                new Designator(Designator.BINARY, Designator.NAA, new ParameterData().u64(naa).toBytes()),
                new Designator(Designator.BINARY, Designator.UUID, new ParameterData().u8(0x10).u8(0).u64(most).u64(least).toBytes()),
                new Designator(Designator.ASCII, Designator.T10_VENDOR_ID, vendorAndSerial));
    }

    public LogicalUnitSettings withSerial(String newSerial) {
        return new LogicalUnitSettings(identity, newSerial, text, limits, readOnly, removable);
    }

    public LogicalUnitSettings withProduct(String product) {
        return new LogicalUnitSettings(identity, serial, new Text(text.vendor, product, text.revision), limits, readOnly, removable);
    }

    public LogicalUnitSettings withLimits(Limits newLimits) {
        return new LogicalUnitSettings(identity, serial, text, newLimits, readOnly, removable);
    }

    /** WRITE SAME of any length, and of 0 blocks to the end. */
    public LogicalUnitSettings withWriteSameToEnd(boolean toEnd) {
        return toEnd ? withLimits(new Limits(limits.transferBytes, limits.unmapBytes, limits.unmapDescriptors, 0)) : this;
    }

    public LogicalUnitSettings withReadOnly(boolean newReadOnly) {
        return new LogicalUnitSettings(identity, serial, text, limits, newReadOnly, removable);
    }

    public LogicalUnitSettings withRemovable(boolean newRemovable) {
        return new LogicalUnitSettings(identity, serial, text, limits, readOnly, newRemovable);
    }

    /**
     * The strings of SPC-5 6.7.2, printable ASCII; padded with blanks where they are sent.
     *
     * @param vendor T10 vendor identification, 1 to 8 characters
     * @param product product identification, 1 to 16 characters
     * @param revision product revision level, 1 to 4 characters
     */
    public record Text(String vendor, String product, String revision) {
        public Text {
            checkAscii("vendor", vendor, 1, 8);
            checkAscii("product", product, 1, 16);
            checkAscii("revision", revision, 1, 4);
        }

        public static Text defaults() {
            return new Text("SPNDRFT", "VIRTUAL-DISK", "0100");
        }
    }

    /**
     * What the Block Limits page tells and what is refused beyond it. All in bytes, so that they hold for every block length.
     *
     * @param transferBytes most that one READ, WRITE or compared VERIFY moves, 4096 to 16 MiB
     * @param unmapBytes most that one UNMAP deallocates in all, 1 MiB or more
     * @param unmapDescriptors most descriptors in one UNMAP, 1 to 4095
     * @param writeSameBytes most that one WRITE SAME covers, 1 MiB or more, one of 0 blocks being refused (WSNZ = 1); 0 where there is no limit, and
     *     0 blocks are all to the end of the unit (WSNZ = 0)
     */
    public record Limits(int transferBytes, long unmapBytes, int unmapDescriptors, long writeSameBytes) {
        private static final int MIB = 1 << 20;
        private static final int COMPARE_BYTES = 64 << 10;

        public Limits {
            checkRange("transferBytes", transferBytes, 4096, 16 * MIB);
            checkRange("unmapBytes", unmapBytes, MIB, 1L << 50);
            checkRange("unmapDescriptors", unmapDescriptors, 1, 4095);
            checkRange("writeSameBytes", writeSameBytes, writeSameBytes == 0 ? 0 : MIB, 1L << 50);
        }

        /** 4 MiB in one transfer; 512 MiB in at most 256 descriptors; 16 MiB of the same block. */
        public static Limits defaults() {
            return new Limits(4 * MIB, 512L * MIB, 256, 16L * MIB);
        }

        /** Most blocks that one COMPARE AND WRITE compares, 1 to 255. */
        public int compareBlocks(BlockDevice device) {
            return (int) Math.max(1, Math.min(Math.min(255, COMPARE_BYTES / device.geometry().blockLength()), atomicBlocks(device)));
        }

        /** Most blocks that one WRITE ATOMIC writes, 1 to 65535. */
        public long atomicBlocks(BlockDevice device) {
            return Math.min(0xFFFF, Math.min(device.atomicBytes(), transferBytes) / device.geometry().blockLength());
        }

        private static void checkRange(String name, long value, long least, long most) {
            if (value < least || value > most) {
                throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", not " + value);
            }
        }
    }

    private static void checkAscii(String name, String value, int least, int most) {
        if (value == null || value.length() < least || value.length() > most) {
            throw new IllegalArgumentException(name + " must have " + least + " to " + most + " characters, not '" + value + "'");
        }
        for (int i = 0; i < value.length(); i++) {
            if (value.charAt(i) < 0x20 || value.charAt(i) > 0x7E) {
                throw new IllegalArgumentException(name + " must be printable ASCII, not '" + value + "'");
            }
        }
    }
}
