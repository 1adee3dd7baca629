package io.spindrift.harness.stamp;

import java.io.Closeable;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What is known about every unit of a range: the newest sequence that was sent and the newest that was acknowledged. It lies in a mapped
 * file, so it survives this program's death too and goes on in the next. Layout: 0 magic "SPDLEDG1", 8 unit bytes, 16 units, 24 next
 * sequence, 32 run, 64 on two longs a unit (issued, acknowledged). One thread.
 */
final class StampLedger implements Closeable {
    private static final long MAGIC = 0x5350_444c_4544_4731L;
    private static final int HEADER = 64;
    private static final long MAX_UNITS = 100_000_000;

    private final FileChannel channel;
    private final MappedByteBuffer map;
    private final int units;

    private StampLedger(FileChannel channel, MappedByteBuffer map, int units) {
        this.channel = channel;
        this.map = map;
        this.units = units;
    }

    /** Goes on with the ledger in {@code file}, or begins one there. */
    static StampLedger open(Path file, int unitBytes, long units, long freshRun) throws IOException {
        if (units < 1 || units > MAX_UNITS) {
            throw new IllegalArgumentException("a range has 1 to " + MAX_UNITS + " units, not " + units);
        }
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        boolean fresh = channel.size() == 0;
        MappedByteBuffer map = channel.map(FileChannel.MapMode.READ_WRITE, 0, HEADER + units * 16);
        if (fresh) {
            map.putLong(0, MAGIC).putLong(8, unitBytes).putLong(16, units).putLong(24, 1).putLong(32, freshRun);
        } else if (map.getLong(0) != MAGIC || map.getLong(8) != unitBytes || map.getLong(16) != units) {
            channel.close();
            throw new IOException(file + " is no ledger of " + units + " units of " + unitBytes + " bytes");
        }
        return new StampLedger(channel, map, (int) units);
    }

    long run() {
        return map.getLong(32);
    }

    int units() {
        return units;
    }

    long nextSequence() {
        long sequence = map.getLong(24);
        map.putLong(24, sequence + 1);
        return sequence;
    }

    void issued(int unit, long sequence) {
        map.putLong(at(unit), sequence);
    }

    void acknowledged(int unit, long sequence) {
        map.putLong(at(unit) + 8, sequence);
    }

    /** May a read now find this sequence there? Nothing older than was acknowledged, nothing that was not sent. */
    boolean allows(int unit, long sequence) {
        return sequence >= newestAcknowledged(unit) && sequence <= map.getLong(at(unit));
    }

    /** May it, where an older state was accepted? Anything that was ever sent. */
    boolean everIssued(int unit, long sequence) {
        return sequence >= 0 && sequence <= map.getLong(at(unit));
    }

    /** Settles what a read found in a unit that has no write under way: from here on nothing else may be there. */
    void settle(int unit, long sequence) {
        map.putLong(at(unit), sequence).putLong(at(unit) + 8, sequence);
    }

    long newestIssued(int unit) {
        return map.getLong(at(unit));
    }

    long newestAcknowledged(int unit) {
        return map.getLong(at(unit) + 8);
    }

    private static int at(int unit) {
        return HEADER + unit * 16;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
