package io.spindrift.harness.rot;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** So many flips, what came of them, and the controls. {@link #main} is what {@code bin/rot} runs. */
public final class RotRun {
    private static final Written.Kind[] KINDS = Written.Kind.values();
    private static final Written.Kind[] DATA = {Written.Kind.SLAB, Written.Kind.JOURNAL, Written.Kind.SEGMENT};

    private final Path folder;
    private final long seed;
    private final PrintStream out;
    private final List<String> failures = new ArrayList<>();

    RotRun(Path folder, long seed, PrintStream out) {
        this.folder = folder;
        this.seed = seed;
        this.out = out;
    }

    /** Counts of one kind. */
    private static final class Count {
        int flips;
        int found;
        int unused;
        int refused;
        int wrong;
    }

    /** {@code RotRun FOLDER SEED FLIPS}: ends with 1 where a flip that means something was not found, or anything was served wrong. */
    public static void main(String[] arguments) throws Exception {
        RotRun run = new RotRun(Path.of(arguments[0]), Long.parseLong(arguments[1]), System.out);
        int flips = Integer.parseInt(arguments[2]);
        run.files(flips - flips / 10, flips / 10);
        run.wire(flips / 10);
        run.failures.forEach(failure -> System.out.println("FAILED " + failure));
        System.exit(run.failures.isEmpty() ? 0 : 1);
    }

    List<String> failures() {
        return failures;
    }

    /** @param control how many flips with the checksums made right again for them, which must be served */
    void files(int flips, int control) throws Exception {
        Rot rot = new Rot(folder.resolve("files"), seed);
        rot.prepare();
        for (Written.Kind kind : KINDS) {
            out.printf("{\"kind\": \"%s\", \"bytes\": %d, \"meant\": %d}%n", kind, rot.written().total(kind), rot.written().meant(kind));
        }
        Map<Written.Kind, Count> counts = new EnumMap<>(Written.Kind.class);
        for (int at = 0; at < flips; at++) {
            Written.Kind kind = KINDS[at % KINDS.length];
            one(rot, rot.meant(kind, false, false), counts.computeIfAbsent(kind, any -> new Count()));
        }
        // Bytes anywhere, also where nothing means anything: what the written formats say must be what is found.
        for (int at = 0; at < flips / 5; at++) {
            Written.Kind kind = KINDS[at % KINDS.length];
            one(rot, rot.any(kind, false), counts.computeIfAbsent(kind, any -> new Count()));
        }
        counts.forEach((kind, count) -> out.printf(
                "{\"flipped\": \"%s\", \"flips\": %d, \"found\": %d, \"unused\": %d, \"refused_sectors\": %d, \"served_wrong\": %d}%n",
                kind, count.flips, count.found, count.unused, count.refused, count.wrong));
        live(rot, Math.max(3, flips / 10));
        control(rot, control);
        Rot.delete(folder.resolve("files"));
    }

    private void one(Rot rot, Flip flip, Count count) throws Exception {
        Rot.Outcome outcome;
        try {
            outcome = rot.run(flip, false);
        } catch (IOException | RuntimeException defect) {
            failures.add(flip + ": " + defect);
            return;
        }
        count.flips++;
        count.found += outcome.seen().isEmpty() ? 0 : 1;
        count.unused += flip.range() == null ? 1 : 0;
        count.refused += outcome.refused();
        count.wrong += outcome.wrong();
        if (outcome.wrong() > 0) {
            failures.add(flip + ": " + outcome.wrong() + " sectors served wrong; seen: " + outcome.seen());
        }
        if (flip.range() != null && outcome.seen().isEmpty()) {
            failures.add(flip + ": not found");
        }
        if (flip.range() == null && !outcome.seen().isEmpty()) {
            failures.add(flip + ": means nothing, but: " + outcome.seen());
        }
    }

    /** Flips under a running volume: what is read again is found, and nothing is served wrong. */
    private void live(Rot rot, int flips) throws Exception {
        int found = 0;
        int wrong = 0;
        for (int at = 0; at < flips; at++) {
            Rot.Outcome outcome = rot.run(rot.meant(DATA[at % DATA.length], true, true), false);
            found += outcome.seen().isEmpty() ? 0 : 1;
            wrong += outcome.wrong();
            if (outcome.wrong() > 0) {
                failures.add(outcome.flip() + ": " + outcome.wrong() + " sectors served wrong");
            }
        }
        out.printf("{\"flipped\": \"while open\", \"flips\": %d, \"found\": %d, \"never_read_again\": %d, \"served_wrong\": %d}%n", flips, found, flips - found, wrong);
        if (found == 0) {
            failures.add("no flip under a running volume was met");
        }
    }

    private void control(Rot rot, int flips) throws Exception {
        for (Written.Kind kind : DATA) {
            int served = 0;
            for (int at = 0; at < Math.max(2, flips / DATA.length); at++) {
                served += rot.run(rot.meant(kind, false, true), true).wrong() > 0 ? 1 : 0;
            }
            out.printf("{\"control\": \"%s\", \"flips\": %d, \"served_wrong\": %d}%n", kind, Math.max(2, flips / DATA.length), served);
            if (served == 0) {
                failures.add("control: without checksums, flips in " + kind + " must be served");
            }
        }
    }

    /** Flips on the wire; a third as if in the sender's memory, where only a block's own checksum can tell. */
    void wire(int flips) throws Exception {
        Random random = new Random(seed);
        try (WireRot wire = new WireRot(folder.resolve("wire"), seed)) {
            long[][] bytes = new long[2][2];
            for (int way = 0; way < 2; way++) {
                for (int frames = 0; frames < 2; frames++) {
                    WireRot.Outcome whole = wire.run(way == 1, frames == 1, -1);
                    bytes[way][frames] = whole.bytes();
                    if (whole.wrong() > 0 || !whole.told().isEmpty()) {
                        failures.add("the wire without a flip: " + whole);
                    }
                }
            }
            int[] reached = new int[2];
            int[] found = new int[2];
            for (int at = 0; at < Math.max(4, flips); at++) {
                boolean toServer = at % 2 == 0;
                int frames = at % 3 == 2 ? 1 : 0;
                long where = random.nextLong(bytes[toServer ? 1 : 0][frames]);
                WireRot.Outcome outcome = wire.run(toServer, frames == 1, where);
                reached[frames] += outcome.reached() ? 1 : 0;
                found[frames] += outcome.reached() && !outcome.told().isEmpty() ? 1 : 0;
                if (outcome.wrong() > 0) {
                    failures.add("wire " + (toServer ? "to" : "from") + " the server at " + where + ": " + outcome);
                }
            }
            out.printf("{\"flipped\": \"wire\", \"flips\": %d, \"found\": %d}%n", reached[0], found[0]);
            out.printf("{\"flipped\": \"sender's memory\", \"flips\": %d, \"found\": %d}%n", reached[1], found[1]);
        }
        Rot.delete(folder.resolve("wire"));
    }
}
