package io.spindrift.harness.stamp;

import io.spindrift.bench.StampFormat;
import io.spindrift.initiator.InitiatorSession;
import io.spindrift.initiator.UnitCapacity;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * The part of a disk that is stamped, with what is known about it.
 *
 * @param offset bytes on the disk where unit 0 lies
 * @param foreign the disk held something before: units that were never sent are not looked at
 */
record StampRange(long offset, int unitBytes, StampLedger ledger, StampFormat format, boolean foreign) {
    /** The disk's block length, once it is known that the range lies on the disk. */
    int check(InitiatorSession session) throws IOException {
        UnitCapacity capacity = UnitCapacity.of(session);
        if (unitBytes % capacity.blockLength() != 0 || offset % unitBytes != 0
                || offset + (long) unitBytes * ledger.units() > capacity.bytes()) {
            throw new IllegalArgumentException("the range does not lie on a disk of " + capacity);
        }
        return capacity.blockLength();
    }

    long lba(int unit, int blockLength) {
        return (offset + (long) unit * unitBytes) / blockLength;
    }

    /** Checks {@code units} units from {@code first} on in {@code data}. */
    void compare(int first, int units, ByteBuffer data, StampTally tally, boolean anyPast) {
        for (int i = 0; i < units; i++) {
            int unit = first + i;
            if (foreign && ledger.newestIssued(unit) == 0) {
                continue;
            }
            long found = format.sequence(data, i * unitBytes, unit);
            tally.unitsChecked++;
            boolean right = anyPast ? ledger.everIssued(unit, found) : ledger.allows(unit, found);
            if (!right) {
                tally.wrong(unit, found, format.describe(data, i * unitBytes), ledger);
            }
        }
    }
}
