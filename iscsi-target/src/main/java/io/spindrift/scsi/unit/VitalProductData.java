package io.spindrift.scsi.unit;

import io.spindrift.block.BlockDevice;
import io.spindrift.block.BlockGeometry;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.data.Designator;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.data.Threshold;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/** The vital product data pages (SPC-5 7.7, SBC-4 6.6). */
final class VitalProductData {
    private static final int SUPPORTED_PAGES = 0x00;
    private static final int UNIT_SERIAL_NUMBER = 0x80;
    private static final int DEVICE_IDENTIFICATION = 0x83;
    private static final int EXTENDED_INQUIRY = 0x86;
    private static final int MODE_PAGE_POLICY = 0x87;
    private static final int BLOCK_LIMITS = 0xB0;
    private static final int BLOCK_CHARACTERISTICS = 0xB1;
    private static final int LOGICAL_BLOCK_PROVISIONING = 0xB2;
    private static final int[] PAGES = {
        SUPPORTED_PAGES, UNIT_SERIAL_NUMBER, DEVICE_IDENTIFICATION, EXTENDED_INQUIRY, MODE_PAGE_POLICY, BLOCK_LIMITS, BLOCK_CHARACTERISTICS,
        LOGICAL_BLOCK_PROVISIONING
    };

    private static final int BINARY = 1;
    private static final int UTF8 = 3;
    /** PIV = 1, association: target port; the protocol identifier (iSCSI, 5) stands beside the code set. */
    private static final int OF_PORT = 0x90;
    private static final int OF_DEVICE = 0xA0;
    private static final int ISCSI = 0x50;

    private VitalProductData() {}

    /** @return null where the page is not supported */
    static byte[] page(int code, LogicalUnit unit, Nexus nexus) {
        switch (code) {
            case SUPPORTED_PAGES:
                return supportedPages(unit);
            case UNIT_SERIAL_NUMBER:
                return close(open(code).bytes(unit.settings().serial().getBytes(StandardCharsets.US_ASCII)));
            case DEVICE_IDENTIFICATION:
                return deviceIdentification(unit.settings(), nexus);
            case EXTENDED_INQUIRY:
                return extendedInquiry();
            case MODE_PAGE_POLICY:
                return modePagePolicy();
            case BLOCK_LIMITS:
                return blockLimits(unit.settings().limits(), unit.device());
            case BLOCK_CHARACTERISTICS:
                return blockCharacteristics();
            case LOGICAL_BLOCK_PROVISIONING:
                return logicalBlockProvisioning(unit.geometry());
            default:
                return unit.partPage(code);
        }
    }

    private static ParameterData open(int code) {
        return new ParameterData().u8(0x00).u8(code).u16(0);
    }

    private static byte[] close(ParameterData page) {
        return page.put16(2, page.length() - 4).toBytes();
    }

    private static byte[] supportedPages(LogicalUnit unit) {
        ParameterData page = open(SUPPORTED_PAGES);
        IntStream.concat(IntStream.of(PAGES), unit.partPages()).sorted().forEach(page::u8);
        return close(page);
    }

    /** SPC-5 7.7.6: the unit by NAA, UUID and T10 vendor id; the port by number, group and name; the device by name. */
    private static byte[] deviceIdentification(LogicalUnitSettings settings, Nexus nexus) {
        ParameterData page = open(DEVICE_IDENTIFICATION);
        for (Designator designator : settings.designators()) {
            designator(page, designator.codeSet(), designator.type(), new ParameterData().bytes(designator.bytes()));
        }
        int group = nexus.targetPortalGroup();
        designator(page, ISCSI | BINARY, OF_PORT | 0x4, new ParameterData().u16(0).u16(group));
        designator(page, ISCSI | BINARY, OF_PORT | 0x5, new ParameterData().u16(0).u16(group));
        designator(page, ISCSI | UTF8, OF_PORT | 0x8, name(nexus.targetPort()));
        designator(page, ISCSI | UTF8, OF_DEVICE | 0x8, name(deviceName(nexus.targetPort())));
        return close(page);
    }

    private static void designator(ParameterData page, int codeSet, int type, ParameterData designator) {
        byte[] bytes = designator.toBytes();
        page.u8(codeSet).u8(type).u8(0).u8(bytes.length).bytes(bytes);
    }

    /** A SCSI name string: UTF-8, ended by a zero, padded with zeros to a multiple of four, 252 bytes at most. */
    private static ParameterData name(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        ParameterData name = new ParameterData().bytes(bytes);
        return name.zeros(4 - bytes.length % 4);
    }

    /** The iSCSI name in front of {@code ,t,0x0001}. */
    private static String deviceName(String port) {
        int comma = port.indexOf(',');
        return comma < 0 ? port : port.substring(0, comma);
    }

    /** SBC-4 6.6.4, 64 bytes. */
    private static byte[] blockLimits(LogicalUnitSettings.Limits limits, BlockDevice device) {
        BlockGeometry geometry = device.geometry();
        int length = geometry.blockLength();
        int perPhysical = geometry.physicalBlockLength() / length;
        return close(open(BLOCK_LIMITS)
                .u8(limits.writeSameBytes() == 0 ? 0x00 : 0x01) // WSNZ: WRITE SAME of 0 blocks is refused
                .u8(limits.compareBlocks(device))
                .u16(perPhysical) // OPTIMAL TRANSFER LENGTH GRANULARITY
                .u32(limits.transferBytes() / length)
                .u32(Math.min(limits.transferBytes(), 1 << 20) / length) // OPTIMAL TRANSFER LENGTH
                .u32(0)
                .u32(Math.min(limits.unmapBytes() / length, 0xFFFF_FFFFL))
                .u32(limits.unmapDescriptors())
                .u32(perPhysical) // OPTIMAL UNMAP GRANULARITY
                .u32(0x8000_0000L) // UGAVALID, alignment 0
                .u64(limits.writeSameBytes() / length)
                .u32(limits.atomicBlocks(device))
                .zeros(64 - 48)); // atomic writes of any alignment and granularity, and none with a boundary
    }

    /** SBC-4 6.6.3, 64 bytes: a medium that does not rotate and can be read after SANITIZE, BLOCK ERASE and CRYPTOGRAPHIC ERASE (WABEREQ, WACEREQ = 01b). */
    private static byte[] blockCharacteristics() {
        return close(open(BLOCK_CHARACTERISTICS).u16(0x0001).u8(0).u8(0x50).zeros(64 - 8));
    }

    /**
     * SPC-5 7.7.7, 64 bytes: commands have the SIMPLE attribute (SIMPSUP), there is a volatile cache (V_SUP), a nexus is told once of a changed inventory
     * (LUICLR), MODE SELECT can go back to defaults (RTD_SUP). There is no longer self-test, no protection information, and there are no groups or priorities.
     */
    private static byte[] extendedInquiry() {
        return close(open(EXTENDED_INQUIRY).u8(0x00).u8(0x01).u8(0x01).u8(0x01).u8(0x08).zeros(64 - 9));
    }

    /** SPC-5 7.7.9: every mode page and subpage is shared by all nexuses. */
    private static byte[] modePagePolicy() {
        return close(open(MODE_PAGE_POLICY).u8(0x3F).u8(0xFF).u8(0x00).u8(0x00));
    }

    /** SBC-4 6.6.6: thresholds; LBPU, LBPWS, LBPWS10, LBPRZ = 001b; thin provisioned; the range of thresholds in percent. */
    private static byte[] logicalBlockProvisioning(BlockGeometry geometry) {
        int exponent = Threshold.setExponent(geometry.blockCount(), geometry.blockLength());
        return close(open(LOGICAL_BLOCK_PROVISIONING).u8(exponent).u8(0xE4).u8(0x02).u8(Threshold.PERCENTAGE_RANGE));
    }
}
