package io.spindrift.harness.stamp;

import io.spindrift.bench.StampFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;

/**
 * Whether a copy of a disk is the history of a load cut at one point: it has everything that was acknowledged before the newest write that is there was sent, and
 * nothing but what was written.
 *
 * <pre>
 * StampPrefix --ledger FILE --history FILE --range BYTES [--unit BYTES] [--base RAW] RAW
 *   --base RAW   what the disk held when the history began (zeros)
 *   --whole      everything that was acknowledged must be there
 * </pre>
 *
 * Prints one JSON object. Ends with 0; 1: it is no prefix; 2: usage, or a file that can't be read.
 */
public final class StampPrefix {
    private static final Set<String> KNOWN = Set.of("ledger", "history", "range", "unit", "base");

    private final int unit;
    private final ByteBuffer bytes;
    private final ByteBuffer base;
    private final StampFormat format;
    private final long[] found;
    private final boolean[] written;
    private final long[] needed;
    private long newest;
    private long lastSent;
    private boolean reached;
    private boolean wholeWanted;
    private String wrong;

    private StampPrefix(int unit, int units, long run, ByteBuffer bytes, ByteBuffer base) {
        this.unit = unit;
        this.bytes = bytes;
        this.base = base;
        format = new StampFormat(unit, run);
        found = new long[units];
        written = new boolean[units];
        needed = new long[units];
    }

    public static void main(String[] arguments) {
        try {
            System.exit(run(new Arguments(arguments, KNOWN, Set.of("whole"))));
        } catch (IllegalArgumentException | IOException e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private static int run(Arguments given) throws IOException {
        if (given.rest().length != 1 || given.text("ledger", null) == null || given.text("history", null) == null) {
            throw new IllegalArgumentException("use: StampPrefix --ledger FILE --history FILE --range BYTES [--base RAW] [--whole] RAW");
        }
        int unit = given.integer("unit", 4096, 512, 65536);
        int units = (int) (given.number("range", 64L << 20) / unit);
        Path history = Path.of(given.text("history", ""));
        try (StampLedger ledger = StampLedger.open(Path.of(given.text("ledger", "")), unit, units, 0)) {
            ByteBuffer base = given.text("base", null) == null ? ByteBuffer.allocate(unit * units) : load(Path.of(given.text("base", "")), unit * units);
            StampPrefix prefix = new StampPrefix(unit, units, ledger.run(), load(Path.of(given.rest()[0]), unit * units), base);
            prefix.check(history, given.flag("whole"));
            System.out.printf("{\"prefix\": %b, \"newest\": %d, \"sent\": %d%s}%n", prefix.wrong == null, prefix.newest, prefix.lastSent,
                    prefix.wrong == null ? "" : ", \"wrong\": \"" + prefix.wrong + "\"");
            return prefix.wrong == null ? 0 : 1;
        }
    }

    private static ByteBuffer load(Path file, int size) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(size);
        try (FileChannel channel = FileChannel.open(file)) {
            while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
                continue;
            }
        }
        return bytes.clear();
    }

    private void check(Path history, boolean whole) throws IOException {
        for (int at = 0; at < found.length; at++) {
            found[at] = format.sequence(bytes, at * unit, at);
            if (found[at] == StampFormat.ZEROS || found[at] == StampFormat.WRONG) {
                boolean old = bytes.slice(at * unit, unit).equals(base.slice(at * unit, unit));
                found[at] = old ? 0 : -1;
            }
            newest = Math.max(newest, found[at]);
        }
        wholeWanted = whole;
        reached = newest == 0 && !whole;
        StampHistory.visit(history, this::take);
        for (int at = 0; at < found.length && wrong == null; at++) {
            if (found[at] < 0 || found[at] > 0 && !written[at]) {
                wrong = "unit " + at + ": " + format.describe(bytes, at * unit) + ", which no write left";
            } else if (found[at] < needed[at]) {
                wrong = "unit " + at + " has sequence " + found[at] + ", but " + needed[at] + " was acknowledged before " + (whole ? "the end" : newest + " was sent");
            }
        }
    }

    /** Acknowledgements count up to where the newest write that is there was sent. */
    private void take(long sequence, int first, int count) {
        lastSent = Math.max(lastSent, sequence);
        for (int at = first; at < first + count; at++) {
            if (sequence > 0 && sequence == found[at]) {
                written[at] = true;
            } else if (sequence < 0 && !reached) {
                needed[at] = Math.max(needed[at], -sequence);
            }
        }
        reached |= sequence == newest && !wholeWanted;
    }
}
