package io.spindrift.harness.rot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Which bytes of a host's and a store's files mean anything, told by the written formats alone: a byte outside is padding, free space, or was given up. Shares no code
 * with what reads these files in earnest. Made of files that nobody has open.
 */
final class Written {
    /** Kinds of places. */
    enum Kind { SLAB, HEADERS, DIRECTORY, CACHE_STATE, JOURNAL, JOURNAL_STATE, SEGMENT, MANIFEST, MAP, SMALL }

    /** Bytes of a file that mean something. @param data whether they are a guest's and, in a journal, not in the image yet */
    record Range(Path file, long from, long to, boolean data) {}

    private final Path root;
    private final Map<Kind, List<Range>> ranges = new EnumMap<>(Kind.class);
    private final Map<Kind, List<Path>> files = new EnumMap<>(Kind.class);

    Written(Path root) throws IOException {
        this.root = root;
        for (Kind kind : Kind.values()) {
            ranges.put(kind, new ArrayList<>());
            files.put(kind, new ArrayList<>());
        }
        cache(root.resolve("cache"));
        journal(root.resolve("journal"));
        store(root.resolve("store/objects"));
        whole(Kind.SMALL, root.resolve("store/SPINDRIFT-STORE"));
    }

    private void add(Kind kind, Path file, long from, long to, boolean data) {
        ranges.get(kind).add(new Range(root.relativize(file), from, to, data));
    }

    private void whole(Kind kind, Path file) throws IOException {
        files.get(kind).add(root.relativize(file));
        add(kind, file, 0, Files.size(file), false);
    }

    private static ByteBuffer bytes(Path file) throws IOException {
        return ByteBuffer.wrap(Files.readAllBytes(file));
    }

    private void cache(Path cache) throws IOException {
        Path slab = cache.resolve("cache.slab");
        Path headers = cache.resolve("cache.headers");
        files.get(Kind.SLAB).add(root.relativize(slab));
        files.get(Kind.HEADERS).add(root.relativize(headers));
        ByteBuffer all = bytes(headers);
        for (int slot = 0; slot * 32 < all.limit(); slot++) {
            // An empty slot's name is a name as well: one that says that nothing is there.
            add(Kind.HEADERS, headers, slot * 32L, slot * 32L + (all.getLong(slot * 32) == 0 ? 8 : 20), false);
            if (all.getLong(slot * 32) != 0) {
                add(Kind.SLAB, slab, slot * 4096L, slot * 4096L + 4096, true);
            }
        }
        whole(Kind.DIRECTORY, cache.resolve("cache.directory"));
        Path state = cache.resolve("cache.state");
        files.get(Kind.CACHE_STATE).add(root.relativize(state));
        ByteBuffer said = bytes(state);
        add(Kind.CACHE_STATE, state, 0, 64, false);
        add(Kind.CACHE_STATE, state, 128, 160, false);
        for (int at = 256; at <= 384; at += 128) {
            if (said.getLong(at) != 0) {
                add(Kind.CACHE_STATE, state, at, at + 72, false);
            }
        }
    }

    private void journal(Path journal) throws IOException {
        Path state = journal.resolve("journal.state");
        files.get(Kind.JOURNAL_STATE).add(root.relativize(state));
        ByteBuffer said = bytes(state);
        add(Kind.JOURNAL_STATE, state, 0, 152, false);
        add(Kind.JOURNAL_STATE, state, 4096, 4096 + 152, false);
        int newer = said.getLong(16) > said.getLong(4096 + 16) ? 0 : 4096;
        long first = said.getLong(newer + 48);
        long prepared = said.getLong(newer + 56);
        try (Stream<Path> all = Files.list(journal)) {
            for (Path file : all.filter(path -> path.toString().endsWith(".segment")).sorted().toList()) {
                files.get(Kind.JOURNAL).add(root.relativize(file));
                ByteBuffer in = bytes(file);
                long ordinal = in.getLong(32);
                if (in.getLong(0) == 0x5350444a5345474dL && ordinal >= first && ordinal <= prepared) {
                    add(Kind.JOURNAL, file, 0, 64, false);
                    records(file, in, said.getLong(newer + 64));
                }
            }
        }
    }

    /** @param trimmed records up to here are in the image */
    private void records(Path file, ByteBuffer in, long trimmed) {
        long salt = in.getLong(40);
        int at = 4096;
        while (at + 64 <= in.limit() && in.getInt(at) == 0x53504a52 && in.getLong(at + 16) == salt) {
            add(Kind.JOURNAL, file, at, at + 64, false);
            int kind = in.getInt(at + 4);
            if (kind == 3) {
                return;
            }
            int data = in.getInt(at + 40);
            if (kind == 1) {
                long lba = in.getLong(at + 24);
                int pieces = (int) ((lba + data / 512 + 7) / 8 - lba / 8);
                add(Kind.JOURNAL, file, at + 64, at + 64 + data, in.getLong(at + 8) > trimmed);
                if (pieces > 1) {
                    add(Kind.JOURNAL, file, at + 64 + data, at + 64 + data + 4 * pieces, false);
                    data += (4 * pieces + 63) / 64 * 64;
                }
            }
            at += 64 + data;
        }
    }

    private void store(Path objects) throws IOException {
        try (Stream<Path> all = Files.walk(objects)) {
            for (Path file : all.filter(Files::isRegularFile).sorted().toList()) {
                String name = objects.relativize(file).toString();
                if (name.contains("/log/")) {
                    files.get(Kind.SEGMENT).add(root.relativize(file));
                    ByteBuffer in = bytes(file);
                    int header = in.getInt(12);
                    add(Kind.SEGMENT, file, 0, header, false);
                    int body = (header + 4095) / 4096 * 4096;
                    if (body < in.limit()) {
                        add(Kind.SEGMENT, file, body, in.limit(), true);
                    }
                } else {
                    whole(name.contains("/manifest/") ? Kind.MANIFEST : name.contains("/map/") ? Kind.MAP : Kind.SMALL, file);
                }
            }
        }
    }

    List<Range> ranges(Kind kind) {
        return ranges.get(kind);
    }

    List<Path> files(Kind kind) {
        return files.get(kind);
    }

    /** Bytes that mean something. */
    long meant(Kind kind) {
        return ranges.get(kind).stream().mapToLong(range -> range.to - range.from).sum();
    }

    long total(Kind kind) throws IOException {
        long total = 0;
        for (Path file : files.get(kind)) {
            total += Files.size(root.resolve(file));
        }
        return total;
    }

    /** The range that the byte is in; null where it means nothing. */
    Range at(Kind kind, Path file, long offset) {
        for (Range range : ranges.get(kind)) {
            if (range.file.equals(file) && offset >= range.from && offset < range.to) {
                return range;
            }
        }
        return null;
    }
}
