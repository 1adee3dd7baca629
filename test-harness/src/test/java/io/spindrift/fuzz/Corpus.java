package io.spindrift.fuzz;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The scripts of one stage that did something new when they came, the seeds first. Kept as a file of lines beside the fuzzer. */
final class Corpus {
    private static final int MOST = 4000;
    /** Larger ones are used in their run, and not written down. */
    private static final int MOST_KEPT_BYTES = 2048;
    private static final int MOST_KEPT = 400;

    private final FuzzStage stage;
    private final List<Script> scripts = new ArrayList<>();
    private final int seeds;

    /** The seeds, and what is kept. */
    Corpus(FuzzStage stage) {
        this.stage = stage;
        scripts.addAll(Seeds.of(stage));
        seeds = scripts.size();
        try (InputStream in = Corpus.class.getResourceAsStream("/fuzz/" + stage.word() + ".txt")) {
            if (in != null) {
                scripts.addAll(Script.fromLines(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int size() {
        return scripts.size();
    }

    Script get(int index) {
        return scripts.get(index);
    }

    /** One of them, the newer half as often as all the rest. */
    Script pick(SplittableRandom random) {
        int size = scripts.size();
        return scripts.get(random.nextBoolean() ? random.nextInt(size) : size / 2 + random.nextInt(size - size / 2));
    }

    void add(Script script, SplittableRandom random) {
        if (scripts.size() < MOST) {
            scripts.add(script);
        } else {
            scripts.set(seeds + random.nextInt(MOST - seeds), script);
        }
    }

    /** Writes {@code chosen} as the file that is read at the start. */
    void keep(Path folder, List<Script> chosen) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# " + stage.word() + ": what the fuzzer found worth keeping; see README.md. A line is fixes, header and data of a PDU.");
        chosen.stream().filter(script -> script.bytes() <= MOST_KEPT_BYTES).limit(MOST_KEPT).forEach(script -> lines.addAll(script.toLines()));
        Files.createDirectories(folder);
        Files.write(folder.resolve(stage.word() + ".txt"), lines, StandardCharsets.UTF_8);
    }
}
