package io.spindrift.journal;

import io.spindrift.image.HistoryPoint;
import java.nio.ByteBuffer;
import java.util.UUID;
import java.util.zip.CRC32C;

/** The bytes of a journal, as the module's README describes them. Big endian. Stateless; buffers are used at absolute indices. */
final class JournalFormat {
    static final String LOCK_FILE = "journal.lock";
    static final String STATE_FILE = "journal.state";
    static final String STATE_FILE_NEW = "journal.state.new";
    static final String REASON_FILE = "reason.txt";
    static final String SEGMENT_SUFFIX = ".segment";

    static final int VERSION = 2;
    static final int STATE_SLOT_BYTES = 4096;
    static final int STATE_FILE_BYTES = 2 * STATE_SLOT_BYTES;
    static final int SEGMENT_HEADER_BYTES = 4096;
    static final int RECORD_HEADER_BYTES = 64;
    static final int SECTOR_BYTES = 512;
    /** Sectors of a block, at whose borders a record's data is cut into pieces with a checksum each. */
    static final int BLOCK_SECTORS = 8;
    static final int BLOCK_BYTES = BLOCK_SECTORS * SECTOR_BYTES;

    static final int WRITE = 1;
    static final int UNMAP = 2;
    static final int END = 3;

    private static final long STATE_MAGIC = 0x53_50_44_4a_53_54_41_54L;
    private static final long SEGMENT_MAGIC = 0x53_50_44_4a_53_45_47_4dL;
    static final int STATE_BYTES = 152;
    private static final int SEGMENT_BYTES = 64;
    private static final int RECORD_MAGIC = 0x53_50_4a_52;
    private static final int FLAG_CLOSED = 1;
    private static final int FLAG_CLEAN = 2;
    private static final int FLAG_LEASE = 4;

    private JournalFormat() {}

    static String segmentFile(int slot) {
        return String.format("%05d%s", slot, SEGMENT_SUFFIX);
    }

    /** The number of a segment file, or -1 where the name is none. */
    static int slotOf(String name) {
        return name.matches("\\d{5}\\" + SEGMENT_SUFFIX) ? Integer.parseInt(name.substring(0, 5)) : -1;
    }

    static int crc(CRC32C crc, ByteBuffer bytes, int at, int length) {
        crc.reset();
        bytes.limit(at + length).position(at);
        crc.update(bytes);
        bytes.clear();
        return (int) crc.getValue();
    }

    /** Writes one state slot at 0 of {@code out}, which is {@link #STATE_SLOT_BYTES} long and zero. */
    static void putState(ByteBuffer out, long counter, JournalState state) {
        int flags = (state.closed() ? FLAG_CLOSED : 0) | (state.clean() ? FLAG_CLEAN : 0) | (state.lease() != null ? FLAG_LEASE : 0);
        HistoryPoint lease = state.lease() != null ? state.lease() : new HistoryPoint(HistoryPoint.NO_LEASE, 0, HistoryPoint.NO_LEASE, 0);
        out.putLong(0, STATE_MAGIC).putInt(8, VERSION).putInt(12, flags).putLong(16, counter);
        putId(out, 24, state.id());
        out.putLong(40, state.segmentBytes()).putLong(48, state.firstOrdinal()).putLong(56, state.preparedOrdinal());
        out.putLong(64, state.trimmedSequence()).putLong(72, state.durableSequence());
        putId(out, 80, lease.imageId());
        out.putLong(96, lease.epoch());
        putId(out, 104, lease.leaseId());
        out.putLong(120, lease.sequence());
        out.putInt(STATE_BYTES - 4, crc(new CRC32C(), out, 0, STATE_BYTES - 4));
    }

    /** Whether the slot at {@code at} is whole and of a version that this code can read. */
    static boolean stateValid(ByteBuffer in, int at) {
        return in.getLong(at) == STATE_MAGIC && in.getInt(at + 8) == VERSION
            && in.getInt(at + STATE_BYTES - 4) == crc(new CRC32C(), in, at, STATE_BYTES - 4);
    }

    /** The version of a slot that carries the magic, else -1. */
    static int stateVersion(ByteBuffer in, int at) {
        return in.getLong(at) == STATE_MAGIC ? in.getInt(at + 8) : -1;
    }

    static long stateCounter(ByteBuffer in, int at) {
        return in.getLong(at + 16);
    }

    static JournalState state(ByteBuffer in, int at) {
        int flags = in.getInt(at + 12);
        HistoryPoint lease = (flags & FLAG_LEASE) == 0 ? null
            : new HistoryPoint(id(in, at + 80), in.getLong(at + 96), id(in, at + 104), in.getLong(at + 120));
        return new JournalState(id(in, at + 24), (int) in.getLong(at + 40), in.getLong(at + 48), in.getLong(at + 56), in.getLong(at + 64),
            in.getLong(at + 72), (flags & FLAG_CLOSED) != 0, (flags & FLAG_CLEAN) != 0, lease);
    }

    static void putSegment(ByteBuffer out, UUID journalId, long ordinal, long salt) {
        out.putLong(0, SEGMENT_MAGIC).putInt(8, VERSION).putInt(12, 0);
        putId(out, 16, journalId);
        out.putLong(32, ordinal).putLong(40, salt);
        out.putInt(SEGMENT_BYTES - 4, crc(new CRC32C(), out, 0, SEGMENT_BYTES - 4));
    }

    static boolean segmentValid(ByteBuffer in, UUID journalId) {
        return in.getLong(0) == SEGMENT_MAGIC && in.getInt(8) == VERSION && id(in, 16).equals(journalId)
            && in.getInt(SEGMENT_BYTES - 4) == crc(new CRC32C(), in, 0, SEGMENT_BYTES - 4);
    }

    static long segmentOrdinal(ByteBuffer in) {
        return in.getLong(32);
    }

    static long segmentSalt(ByteBuffer in) {
        return in.getLong(40);
    }

    /** Into how many pieces the data of a write is cut: one for each block that it touches. */
    static int pieces(long lba, long sectorCount) {
        return (int) ((lba + sectorCount + BLOCK_SECTORS - 1) / BLOCK_SECTORS - lba / BLOCK_SECTORS);
    }

    /** Bytes of the first piece of a write. */
    static int firstPieceBytes(long lba, long sectorCount) {
        return (int) Math.min(sectorCount, BLOCK_SECTORS - lba % BLOCK_SECTORS) * SECTOR_BYTES;
    }

    /** Bytes of the table of checksums that follows the data: none where the header holds the only one. */
    static int tableBytes(int pieces) {
        return pieces < 2 ? 0 : (pieces * Integer.BYTES + RECORD_HEADER_BYTES - 1) & -RECORD_HEADER_BYTES;
    }

    /** Bytes that a write takes, header and table included. */
    static int writeBytes(long lba, long sectorCount) {
        return RECORD_HEADER_BYTES + (int) sectorCount * SECTOR_BYTES + tableBytes(pieces(lba, sectorCount));
    }

    /** Bytes that a write of so much data takes at the most, wherever it begins. */
    static long mostWriteBytes(long dataBytes) {
        return RECORD_HEADER_BYTES + dataBytes + tableBytes((int) (dataBytes / BLOCK_BYTES) + 2);
    }

    static void putRecord(ByteBuffer out, int at, int kind, long sequence, long salt) {
        out.putInt(at, RECORD_MAGIC).putInt(at + 4, kind).putLong(at + 8, sequence).putLong(at + 16, salt);
        for (int word = 24; word < RECORD_HEADER_BYTES; word += 8) {
            out.putLong(at + word, 0);
        }
    }

    static void putExtent(ByteBuffer out, int at, long lba, long sectorCount, int dataBytes, int dataCrc) {
        out.putLong(at + 24, lba).putLong(at + 32, sectorCount).putInt(at + 40, dataBytes).putInt(at + 44, dataCrc);
    }

    static void sealRecord(CRC32C crc, ByteBuffer out, int at) {
        out.putInt(at + RECORD_HEADER_BYTES - 4, crc(crc, out, at, RECORD_HEADER_BYTES - 4));
    }

    /** Whether a whole header of this segment's present use lies here; its data may still be torn. */
    static boolean recordValid(CRC32C crc, ByteBuffer in, int at, long salt) {
        return in.getInt(at) == RECORD_MAGIC && in.getLong(at + 16) == salt
            && in.getInt(at + RECORD_HEADER_BYTES - 4) == crc(crc, in, at, RECORD_HEADER_BYTES - 4);
    }

    static int recordKind(ByteBuffer in, int at) {
        return in.getInt(at + 4);
    }

    static long recordSequence(ByteBuffer in, int at) {
        return in.getLong(at + 8);
    }

    static long recordLba(ByteBuffer in, int at) {
        return in.getLong(at + 24);
    }

    static long recordSectors(ByteBuffer in, int at) {
        return in.getLong(at + 32);
    }

    static int recordDataBytes(ByteBuffer in, int at) {
        return in.getInt(at + 40);
    }

    static int recordDataCrc(ByteBuffer in, int at) {
        return in.getInt(at + 44);
    }

    private static void putId(ByteBuffer out, int at, UUID id) {
        out.putLong(at, id.getMostSignificantBits()).putLong(at + 8, id.getLeastSignificantBits());
    }

    private static UUID id(ByteBuffer in, int at) {
        return new UUID(in.getLong(at), in.getLong(at + 8));
    }
}
