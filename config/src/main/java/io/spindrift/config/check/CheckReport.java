package io.spindrift.config.check;

import io.spindrift.image.Damage;
import java.util.ArrayList;
import java.util.List;

/** What a check found, as people and programs are told it. Gathered on one thread. */
public final class CheckReport {
    private final List<Row> rows = new ArrayList<>();
    private final List<String> notes = new ArrayList<>();
    private long bytes;
    private int repairedElsewhere;

    /**
     * One damage.
     *
     * @param part cache, journal or store
     * @param harm refused, replaced or unused, as of {@link Damage.Harm}
     * @param image empty where it is nobody's
     * @param lba first logical block of 512 bytes; -1 where it is the image as a whole, or nobody's
     * @param blocks how many blocks of 4096 bytes from there on
     * @param repaired whether it is whole again
     */
    public record Row(
            String part, String harm, String image, long lba, long blocks, String place, long offset, String what, boolean repaired) {
        static Row of(Damage damage, boolean repaired) {
            Damage.Blocks blocks = damage.blocks();
            return new Row(damage.part().name().toLowerCase(java.util.Locale.ROOT), damage.harm().name().toLowerCase(java.util.Locale.ROOT),
                    blocks == null ? "" : blocks.image(), blocks == null ? -1 : blocks.lba(), blocks == null ? 0 : blocks.blockCount(),
                    damage.place(), damage.offsetBytes(), damage.what(), repaired);
        }

        /** One line. */
        String line() {
            String where = image.isEmpty() ? "" : " image " + image + (lba < 0 ? "" : " lba " + lba + (blocks > 1 ? " (" + blocks + " blocks)" : ""));
            return part + " " + (repaired ? "repaired" : harm) + where + " at " + place + ":" + offset + ": " + what;
        }
    }

    /** What JSON shows. @param bytesRead that were compared */
    public record Told(long bytesRead, int damaged, int repaired, List<Row> damages, List<String> notes) {}

    public void add(Damage damage, boolean repaired) {
        rows.add(Row.of(damage, repaired));
    }

    /** Something that was not looked at, and why. */
    void note(String note) {
        notes.add(note);
    }

    void read(long more) {
        bytes += more;
    }

    public long bytes() {
        return bytes;
    }

    /** Damages that are left. */
    public int left() {
        return (int) Math.max(0, rows.stream().filter(row -> !row.repaired()).count() - repairedElsewhere);
    }

    public Told told() {
        return new Told(bytes, left(), rows.size() - left(), List.copyOf(rows), List.copyOf(notes));
    }

    /** As a daemon tells it, which counts what it repaired. @param ended empty, or why not everything was looked at */
    public Told told(long bytesRead, long repaired, String ended) {
        List<String> all = ended.isEmpty() ? List.of() : List.of("not everything was looked at: " + ended);
        return new Told(bytesRead, (int) Math.max(0, rows.size() - repaired), (int) Math.min(repaired, Integer.MAX_VALUE), List.copyOf(rows), all);
    }

    /** Takes in what a daemon told of one volume. */
    public void add(Told told) {
        bytes += told.bytesRead();
        rows.addAll(told.damages());
        notes.addAll(told.notes());
        repairedElsewhere += told.repaired();
    }

    /** A line for each damage and one at the end. */
    public String text() {
        StringBuilder text = new StringBuilder();
        rows.forEach(row -> text.append(row.line()).append('\n'));
        notes.forEach(note -> text.append("note: ").append(note).append('\n'));
        text.append(bytes >> 20).append(" MiB read, ").append(left()).append(" damaged, ").append(rows.size() - left()).append(" repaired\n");
        return text.toString();
    }
}
