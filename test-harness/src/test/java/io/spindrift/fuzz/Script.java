package io.spindrift.fuzz;

import java.util.ArrayList;
import java.util.List;

/**
 * What one connection sends: an entry of the corpus.
 *
 * @param opening which of the {@link Openings} goes before it, where its stage has one
 */
record Script(int opening, List<Packet> packets) {
    private static final String BEGIN = "script ";

    Script {
        packets = List.copyOf(packets);
    }

    int bytes() {
        int sum = 0;
        for (Packet packet : packets) {
            sum += packet.header().length + packet.data().length;
        }
        return sum;
    }

    /** How many of its PDUs a mutation has touched. */
    int mutated() {
        int count = 0;
        for (Packet packet : packets) {
            count += packet.mutated() ? 1 : 0;
        }
        return count;
    }

    /** As it is kept. */
    List<String> toLines() {
        List<String> lines = new ArrayList<>();
        lines.add(BEGIN + opening);
        packets.forEach(packet -> lines.add(packet.toLine()));
        return lines;
    }

    /** All scripts of a file; a line that begins with # is for people. */
    static List<Script> fromLines(List<String> lines) {
        List<Script> scripts = new ArrayList<>();
        List<Packet> packets = new ArrayList<>();
        int opening = -1;
        for (String line : lines) {
            if (line.startsWith(BEGIN)) {
                if (opening >= 0) {
                    scripts.add(new Script(opening, packets));
                }
                opening = Integer.parseInt(line.substring(BEGIN.length()));
                packets.clear();
            } else if (!line.isBlank() && !line.startsWith("#")) {
                packets.add(Packet.fromLine(line));
            }
        }
        if (opening >= 0) {
            scripts.add(new Script(opening, packets));
        }
        return scripts;
    }
}
