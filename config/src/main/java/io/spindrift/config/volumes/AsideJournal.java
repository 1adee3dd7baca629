package io.spindrift.config.volumes;

import io.spindrift.journal.FileDisk;
import io.spindrift.journal.JournalInspection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * A journal that was set aside, in the folder {@code journal-aside-N} of its volume: writes that were acknowledged and never reached the image. Nobody but
 * an operator reads or removes it. Blocking.
 *
 * @param number N, which is not used again while a greater one is there
 */
public record AsideJournal(Path path, int number) {
    static final String WHY = "why";
    private static final String PREFIX = "journal-aside-";

    /** Those of a volume, in the order of their numbers. */
    static List<AsideJournal> in(Path folder) {
        List<AsideJournal> found = new ArrayList<>();
        try (Stream<Path> entries = Files.list(folder)) {
            entries.forEach(entry -> {
                String name = entry.getFileName().toString();
                if (name.matches(PREFIX + "\\d{1,6}")) {
                    found.add(new AsideJournal(entry, Integer.parseInt(name.substring(PREFIX.length()))));
                }
            });
        } catch (IOException none) {
            return List.of();
        }
        found.sort(Comparator.comparingInt(AsideJournal::number));
        return found;
    }

    /** Those of every image of that name on this host: one for each user and disk type that it was served as. */
    public static List<AsideJournal> of(Path cacheDirectory, String volume) throws IOException {
        List<AsideJournal> found = new ArrayList<>();
        Path volumes = cacheDirectory.resolve("volumes");
        if (!Files.isDirectory(volumes)) {
            return found;
        }
        try (Stream<Path> folders = Files.walk(volumes, 3)) {
            folders.filter(folder -> folder.getNameCount() == volumes.getNameCount() + 3 && folder.getFileName().toString().equals(volume))
                    .sorted().forEach(folder -> found.addAll(in(folder)));
        }
        return found;
    }

    static Path next(Path folder) {
        List<AsideJournal> there = in(folder);
        int last = there.isEmpty() ? 0 : there.get(there.size() - 1).number;
        return folder.resolve(PREFIX + (last + 1));
    }

    /** Why it was set aside, in one line. */
    public String why() {
        try {
            return Files.readString(path.resolve(WHY)).strip();
        } catch (IOException unknown) {
            return "not told";
        }
    }

    /** The caller closes it. */
    public JournalInspection inspect() throws IOException {
        return JournalInspection.open(new FileDisk(path));
    }

    /** Deletes it: what it holds is gone. */
    public void discard() throws IOException {
        VolumeFolder.remove(path);
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
