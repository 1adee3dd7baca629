package io.spindrift.fuzz;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One run: rounds of a world each, in which scripts of the corpus are mutated and sent, until so many mutated PDUs have gone out. Made by {@link Fuzz}
 * or a test.
 */
final class FuzzRun {
    private static final int STEPS = 48;
    private static final int MOST_AT_ONCE = 3;

    private final FuzzStage stage;
    private final long seed;
    private final FuzzWorld.Surroundings surroundings;
    private final SplittableRandom random;
    private final Corpus corpus;
    private final CdbMaker cdbs;
    private final Mutator mutator;
    private FuzzWorld world;
    private long mutated;
    private long sent;
    private long rounds;
    private long healthyReads;
    private long conflicts;

    FuzzRun(FuzzStage stage, long seed, FuzzLog log, Weakness weakness) {
        this.stage = stage;
        this.seed = seed;
        this.random = new SplittableRandom(seed * 31 + stage.ordinal());
        FuzzWorld.Surroundings asking = FuzzWorld.Surroundings.of(log, Weakness.NONE);
        FuzzWorld first = new FuzzWorld(seed, asking);
        this.cdbs = new CdbMaker(first);
        first.end();
        this.surroundings = FuzzWorld.Surroundings.of(log, weakness);
        this.corpus = new Corpus(stage);
        this.mutator = new Mutator(random, cdbs, stage);
    }

    FuzzStage stage() {
        return stage;
    }

    long seed() {
        return seed;
    }

    Corpus corpus() {
        return corpus;
    }

    long mutated() {
        return mutated;
    }

    long rounds() {
        return rounds;
    }

    Novelty novelty() {
        return surroundings.novelty();
    }

    /** What was done in the round that runs, or failed. */
    Trace trace() {
        return world.trace();
    }

    /** Sends the corpus as it is, and tells which of it does something that those before it did not. */
    List<Script> replayCorpus() {
        Set<Integer> fresh = new HashSet<>();
        for (int from = 0; from < corpus.size(); from += STEPS) {
            world = new FuzzWorld(random.nextLong(), surroundings);
            for (int index = from; index < Math.min(corpus.size(), from + STEPS); index++) {
                sequence(List.of(corpus.get(index)));
                if (novelty().take()) {
                    fresh.add(index);
                }
            }
            finishRound();
        }
        List<Script> chosen = new ArrayList<>();
        for (int index = 0; index < corpus.size(); index++) {
            if (fresh.contains(index)) {
                chosen.add(corpus.get(index));
            }
        }
        return chosen;
    }

    /** One more world. */
    void round() {
        world = new FuzzWorld(random.nextLong(), surroundings);
        for (int step = 0; step < STEPS; step++) {
            List<Script> scripts = new ArrayList<>();
            for (int count = connections(); count > 0; count--) {
                scripts.add(mutator.mutate(corpus.pick(random), corpus.pick(random)));
            }
            sequence(scripts);
            if (novelty().take()) {
                scripts.forEach(script -> corpus.add(script, random));
            }
        }
        finishRound();
    }

    /** First PDUs are soon over, so there are many at once. */
    private int connections() {
        return stage == FuzzStage.BEFORE_LOGIN ? MOST_AT_ONCE : random.nextInt(3) == 0 ? 1 + random.nextInt(MOST_AT_ONCE) : 1;
    }

    private void finishRound() {
        if (random.nextInt(4) == 0) {
            world.stop();
        } else {
            world.end();
        }
        healthyReads += world.healthyReads();
        conflicts += world.conflicts();
        rounds++;
    }

    /** Some connections say their scripts at the same time, in an order drawn by lot; then everybody must be answered. */
    private void sequence(List<Script> scripts) {
        int[] slots = new int[scripts.size()];
        int[] next = new int[scripts.size()];
        for (int i = 0; i < slots.length; i++) {
            slots[i] = slot(i, scripts.get(i));
        }
        int left = scripts.stream().mapToInt(script -> script.packets().size()).sum();
        while (left > 0) {
            int which = random.nextInt(scripts.size());
            List<Packet> packets = scripts.get(which).packets();
            int count = Math.min(packets.size() - next[which], 1 + random.nextInt(3));
            if (count > 0) {
                say(slots[which], packets.subList(next[which], next[which] + count));
                next[which] += count;
                left -= count;
            }
        }
        if (random.nextInt(4) == 0) {
            world.advance(random.nextInt(400));
        }
        for (int slot : slots) {
            world.settle(slot);
            if (!world.peer(slot).closed() && random.nextInt(3) > 0) {
                world.close(slot);
            }
        }
        if (random.nextInt(32) == 0) {
            world.disturb(random.nextInt(FuzzWorld.DISTURBANCES));
        }
        world.healthy();
    }

    /** A connection for a script: a fresh one, or now and then one that is there and has logged in. */
    private int slot(int index, Script script) {
        int slot = index == 0 ? random.nextInt(2) : index + 1;
        FuzzPeer there = world.peer(slot);
        if (there != null && !there.closed() && stage == FuzzStage.FULL_FEATURE && random.nextBoolean()) {
            there.catchUp();
            return slot;
        }
        if (there != null && !there.closed()) {
            world.close(slot);
        }
        world.open(slot);
        if (stage == FuzzStage.FULL_FEATURE) {
            world.send(slot, List.of(Seeds.opening(script.opening(), slot).encode(world.peer(slot))));
            if (!world.peer(slot).loggedIn()) {
                throw new FuzzFailure("a sound login was refused");
            }
        }
        return slot;
    }

    private void say(int slot, List<Packet> packets) {
        List<byte[]> pieces = new ArrayList<>();
        for (Packet packet : packets) {
            if (packet.answers() && !pieces.isEmpty() && random.nextInt(8) > 0) {
                world.send(slot, pieces);
                pieces = new ArrayList<>();
            }
            sent++;
            mutated += packet.mutated() ? 1 : 0;
            byte[] bytes = packet.encode(world.peer(slot));
            if (bytes.length > 0) {
                split(bytes, pieces);
            }
        }
        world.send(slot, pieces);
    }

    /** As a network may: in one piece, in several, or glued to what went before. */
    private void split(byte[] bytes, List<byte[]> pieces) {
        int how = random.nextInt(8);
        if (how == 0 && !pieces.isEmpty()) {
            byte[] before = pieces.remove(pieces.size() - 1);
            byte[] both = Arrays.copyOf(before, before.length + bytes.length);
            System.arraycopy(bytes, 0, both, before.length, bytes.length);
            pieces.add(both);
        } else if (how == 1 && bytes.length > 1) {
            int at = 1 + random.nextInt(bytes.length - 1);
            pieces.add(Arrays.copyOf(bytes, at));
            pieces.add(Arrays.copyOfRange(bytes, at, bytes.length));
        } else {
            pieces.add(bytes);
        }
    }

    @Override
    public String toString() {
        return String.format("%s seed %d: %d mutated PDUs of %d, %d rounds, corpus %d, %d kinds of answers, %d branches, %d commands known, "
            + "%d reads by healthy sessions, %d kept out by a reservation", stage.word(), seed, mutated, sent, rounds, corpus.size(), novelty().kinds(),
            novelty().covered(), cdbs.commands(), healthyReads, conflicts);
    }
}
