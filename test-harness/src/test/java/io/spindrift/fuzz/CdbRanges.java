package io.spindrift.fuzz;

import io.spindrift.scsi.ScsiCommand;
import java.nio.ByteBuffer;

/** Which blocks a command may change, read from its CDB and parameter list by SBC-4's drawings; knows nothing of the target. */
final class CdbRanges {
    /** Hears of a range; {@code count} may reach past the end of the disk. */
    interface Sink {
        void range(long lba, long count);
    }

    private CdbRanges() { }

    static void changed(ScsiCommand command, Sink sink) {
        ByteBuffer cdb = ByteBuffer.wrap(command.cdb);
        switch (cdb.get(0) & 0xff) {
            case 0x0a -> sink.range(cdb.getInt(0) & 0x1fffff, (cdb.get(4) & 0xff) == 0 ? 256 : cdb.get(4) & 0xff);
            case 0x2a, 0x2e -> sink.range(cdb.getInt(2) & 0xffffffffL, cdb.getShort(7) & 0xffff);
            case 0xaa, 0xae -> sink.range(cdb.getInt(2) & 0xffffffffL, cdb.getInt(6) & 0xffffffffL);
            case 0x8a, 0x8e, 0x8b -> sink.range(cdb.getLong(2), cdb.getInt(10) & 0xffffffffL);
            case 0x41 -> sink.range(cdb.getInt(2) & 0xffffffffL, toEnd(cdb.getShort(7) & 0xffff));
            case 0x93 -> sink.range(cdb.getLong(2), toEnd(cdb.getInt(10) & 0xffffffffL));
            case 0x89 -> sink.range(cdb.getLong(2), cdb.get(13) & 0xff);
            case 0x9c -> sink.range(cdb.getLong(2), cdb.getShort(12) & 0xffff);
            case 0x04, 0x48 -> sink.range(0, Long.MAX_VALUE);
            case 0x42 -> unmapped(command, sink);
            case 0x7f -> longer(command, cdb, sink);
            default -> { }
        }
    }

    /** WRITE SAME: 0 means up to the end (SBC-4 5.52). */
    private static long toEnd(long count) {
        return count == 0 ? Long.MAX_VALUE : count;
    }

    private static void longer(ScsiCommand command, ByteBuffer cdb, Sink sink) {
        int action = command.cdbLength < 32 ? 0 : cdb.getShort(8);
        long count = action < 0xb || action > 0xf ? 0 : cdb.getInt(28) & 0xffffffffL;
        if (count > 0 || action == 0xd) {
            sink.range(cdb.getLong(12), action == 0xd ? toEnd(count) : count);
        }
    }

    private static void unmapped(ScsiCommand command, Sink sink) {
        int length = command.dataOut == null ? 0 : command.dataOut.readableBytes();
        for (int at = 8; at + 16 <= length; at += 16) {
            int index = command.dataOut.readerIndex() + at;
            sink.range(command.dataOut.getLong(index), command.dataOut.getUnsignedInt(index + 8));
        }
    }
}
