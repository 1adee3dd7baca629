package io.spindrift.fuzz;

import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** All that was done to a {@link FuzzWorld}, in lines that do it again: the shortest way back to a failure. */
final class Trace {
    private static final HexFormat HEX = HexFormat.of();
    /** Two failures that begin alike are one. */
    private static final int SAME_WORDS = 4;
    private static final String SEED = "seed ";

    /** Lines, and what was sent, which becomes a line when it is asked for. */
    private final List<Object> entries = new ArrayList<>();

    private record Sent(int slot, List<byte[]> pieces) {
        @Override
        public String toString() {
            StringBuilder line = new StringBuilder("send ").append(slot);
            for (byte[] piece : pieces) {
                line.append(' ').append(HEX.formatHex(piece));
            }
            return line.toString();
        }
    }

    Trace(long seed) {
        entries.add(SEED + seed);
    }

    void add(String line) {
        entries.add(line);
    }

    void send(int slot, List<byte[]> pieces) {
        entries.add(new Sent(slot, List.copyOf(pieces)));
    }

    List<String> lines() {
        List<String> lines = new ArrayList<>();
        entries.forEach(entry -> lines.add(entry.toString()));
        return lines;
    }

    /** Does it all again, in a world of its own. @return the failure; null where there is none */
    static FuzzFailure play(List<String> lines, FuzzLog log, Weakness weakness) {
        FuzzWorld.Surroundings surroundings = FuzzWorld.Surroundings.of(log, weakness);
        try {
            FuzzWorld world = new FuzzWorld(Long.parseLong(lines.get(0).substring(SEED.length())), surroundings);
            for (String line : lines.subList(1, lines.size())) {
                act(world, line.split(" "));
            }
            return null;
        } catch (FuzzFailure failure) {
            return failure;
        } catch (RuntimeException | Error thrown) {
            return new FuzzFailure("a defect: " + thrown, thrown);
        }
    }

    private static void act(FuzzWorld world, String[] words) {
        int number = words.length > 1 ? Integer.parseInt(words[1]) : 0;
        switch (words[0]) {
            case "open" -> world.open(number);
            case "advance" -> world.advance(number);
            case "disturb" -> world.disturb(number);
            case "stop" -> world.stop();
            case "healthy" -> world.healthy();
            case "end" -> world.end();
            case "send", "settle", "close" -> {
                if (world.peer(number) != null) {
                    onPeer(world, number, words);
                }
            }
            default -> throw new IllegalArgumentException("a line of a trace that is not known: " + words[0]);
        }
    }

    private static void onPeer(FuzzWorld world, int slot, String[] words) {
        if (words[0].equals("settle")) {
            world.settle(slot);
        } else if (words[0].equals("close")) {
            world.close(slot);
        } else {
            List<byte[]> pieces = new ArrayList<>();
            for (int i = 2; i < words.length; i++) {
                pieces.add(HEX.parseHex(words[i]));
            }
            world.send(slot, pieces);
        }
    }

    /** Leaves out what the failure does not need: pieces of halving length, for as long as it still fails for the same reason. */
    static List<String> shortened(List<String> lines, FuzzLog log, Weakness weakness) {
        FuzzFailure whole = play(lines, log, weakness);
        if (whole == null) {
            return lines;
        }
        String reason = reason(whole);
        List<String> kept = new ArrayList<>(lines);
        for (int length = kept.size() / 2; length >= 1; length /= 2) {
            for (int from = kept.size() - length; from >= 1; from -= length) {
                List<String> fewer = new ArrayList<>(kept.subList(0, from));
                fewer.addAll(kept.subList(from + length, kept.size()));
                FuzzFailure still = play(fewer, log, weakness);
                if (still != null && reason(still).equals(reason)) {
                    kept = fewer;
                }
            }
        }
        return kept;
    }

    private static String reason(FuzzFailure failure) {
        String[] words = failure.getMessage().replaceAll("-?\\d+", "#").split(" ");
        return String.join(" ", List.of(words).subList(0, Math.min(words.length, SAME_WORDS)));
    }
}
