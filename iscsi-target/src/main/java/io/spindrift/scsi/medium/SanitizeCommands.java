package io.spindrift.scsi.medium;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.data.Cdb;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import io.spindrift.scsi.unit.LogicalUnit;

/**
 * SANITIZE (SBC-4 5.27). What an operation does is {@link Sanitize}. CRYPTOGRAPHIC ERASE does what BLOCK ERASE does: the medium has no key that could
 * be changed, and whoever asks for it wants nothing to be read here any more.
 */
final class SanitizeCommands {
    static final int OVERWRITE = 0x01;
    static final int BLOCK_ERASE = 0x02;
    static final int CRYPTOGRAPHIC_ERASE = 0x03;
    static final int EXIT_FAILURE_MODE = 0x1F;
    private static final int IMMED_BIT = 7;
    private static final int ZNR_BIT = 6;
    private static final int AUSE_BIT = 5;
    private static final int LIST_LENGTH_FIELD = 7;
    private static final int HEADER_LENGTH = 4;
    private static final int INVERT = 0x80;
    private static final int TEST = 0x60;
    private static final int COUNT = 0x1F;

    private SanitizeCommands() {}

    /** Only an overwrite has parameters: a header, and a pattern of one block at most. */
    static int plan(LogicalUnit unit, ScsiCommand command) {
        byte[] cdb = command.cdb;
        int length = Cdb.u16(cdb, LIST_LENGTH_FIELD);
        boolean overwrite = (cdb[1] & 0x1F) == OVERWRITE;
        int least = overwrite ? HEADER_LENGTH + 1 : 0;
        int most = overwrite ? HEADER_LENGTH + unit.geometry().blockLength() : 0;
        if (Cdb.bit(cdb, 1, ZNR_BIT)) {
            return unit.invalidField(command, 1, ZNR_BIT);
        }
        for (int reserved = 2; reserved < LIST_LENGTH_FIELD; reserved++) {
            // An operation that can't be taken back is not begun for a CDB of which a part is not understood.
            if (cdb[reserved] != 0) {
                return unit.invalidField(command, reserved);
            }
        }
        if (length < least || length > most) {
            return unit.invalidField(command, LIST_LENGTH_FIELD);
        }
        return (int) Math.min(length, command.expectedDataOut);
    }

    /** Of either kind: every block is deallocated. */
    static void erase(LogicalUnit unit, ScsiCommand command) {
        begin(unit, command, new Sanitize.Request(command.cdb[1] & 0x1F, Cdb.bit(command.cdb, 1, AUSE_BIT), new byte[0]));
    }

    /**
     * The pattern is repeated in each block. A log has no place that could be written several times, so of several passes only the last is made; where passes
     * are to be inverted in turn it is inverted if their number is even.
     */
    static void overwrite(LogicalUnit unit, ScsiCommand command) {
        int length = Cdb.u16(command.cdb, LIST_LENGTH_FIELD);
        command.transferLength = length;
        ByteBuf data = command.dataOut;
        if (data == null || data.readableBytes() < length) {
            unit.fail(command, AdditionalSense.PARAMETER_LIST_LENGTH_ERROR);
            return;
        }
        byte[] list = ByteBufUtil.getBytes(data, data.readerIndex(), length);
        int passes = list[0] & COUNT;
        int patternLength = Cdb.u16(list, 2);
        if ((list[0] & TEST) != 0 || passes == 0) {
            wrong(unit, command, 0);
        } else if (patternLength == 0 || patternLength != length - HEADER_LENGTH) {
            wrong(unit, command, 2);
        } else {
            boolean inverted = (list[0] & INVERT) != 0 && passes % 2 == 0;
            byte[] pattern = new byte[patternLength];
            for (int at = 0; at < patternLength; at++) {
                pattern[at] = (byte) (inverted ? ~list[HEADER_LENGTH + at] : list[HEADER_LENGTH + at]);
            }
            begin(unit, command, new Sanitize.Request(OVERWRITE, Cdb.bit(command.cdb, 1, AUSE_BIT), pattern));
        }
    }

    private static void wrong(LogicalUnit unit, ScsiCommand command, int field) {
        unit.fail(command, SenseData.field(AdditionalSense.INVALID_FIELD_IN_PARAMETER_LIST, field, SenseData.NONE));
    }

    private static void begin(LogicalUnit unit, ScsiCommand command, Sanitize.Request request) {
        Sanitize sanitize = MediumPart.of(unit).sanitize();
        if (Cdb.bit(command.cdb, 1, IMMED_BIT)) {
            sanitize.begin(request, null);
            unit.good(command);
        } else {
            sanitize.begin(request, command);
        }
    }

    /** Where nothing has failed there is nothing to leave. */
    static void exitFailureMode(LogicalUnit unit, ScsiCommand command) {
        if (MediumPart.of(unit).sanitize().exitFailureMode()) {
            unit.good(command);
        } else {
            unit.invalidField(command, 1, 4);
        }
    }
}
