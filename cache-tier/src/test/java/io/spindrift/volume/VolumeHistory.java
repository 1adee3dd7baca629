package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.Batch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a volume ought to be: every sector is filled with one number, the stamp of the write that it is of, 0 for none; an unmap's
 * stamp is negative and reads as 0. Knows for each sector what was
 * written in which order and how much of it was acknowledged, and for the image what it has to be at each sequence.
 */
final class VolumeHistory {
    private record Record(long lba, int sectorCount, long stamp) {}

    final int sectors;
    private final List<List<Long>> written = new ArrayList<>();
    private final int[] acknowledged;
    private final TreeMap<Long, Record> records = new TreeMap<>();
    private final long[] image;
    private final long[] expected;
    private long imageSequence;
    /** Stamps of unmaps that were asked for and are not in the journal yet, in order. */
    final ArrayDeque<Long> unmaps = new ArrayDeque<>();
    long batches;
    /** The first law that was seen broken; thrown where the test can hear it. */
    AssertionError broken;

    VolumeHistory(int sectors) {
        this.sectors = sectors;
        this.acknowledged = new int[sectors];
        this.image = new long[sectors];
        this.expected = new long[sectors];
        for (int sector = 0; sector < sectors; sector++) {
            written.add(new ArrayList<>(List.of(0L)));
        }
    }

    void appended(long sequence, long lba, int sectorCount, long stamp) {
        records.put(sequence, new Record(lba, sectorCount, stamp));
        for (int sector = (int) lba; sector < lba + sectorCount; sector++) {
            written.get(sector).add(stamp);
        }
    }

    private void broken(AssertionError seen) {
        if (broken == null) {
            broken = seen;
        }
    }

    /** Throws what was seen broken. */
    void verify() {
        if (broken != null) {
            throw broken;
        }
    }

    private static long read(long stamp) {
        return Math.max(0, stamp);
    }

    /** The operation with this stamp that was appended last is acknowledged in these sectors, and what came before it with it. */
    void acknowledged(long lba, long sectorCount, long stamp) {
        for (int sector = (int) lba; sector < lba + sectorCount; sector++) {
            acknowledged[sector] = Math.max(acknowledged[sector], lastIndex(sector, stamp));
        }
    }

    private int lastIndex(int sector, long stamp) {
        return written.get(sector).lastIndexOf(stamp);
    }

    /** What was acknowledged of these sectors at this moment: a read that begins now sees it or newer. */
    int[] begin(long lba, int sectorCount) {
        return Arrays.copyOfRange(acknowledged, (int) lba, (int) lba + sectorCount);
    }

    void check(long lba, int sectorCount, int[] atLeast, ByteBuf data) {
        for (int at = 0; at < sectorCount; at++) {
            long stamp = stamp(data, at * 512);
            int sector = (int) lba + at;
            if (written.get(sector).subList(atLeast[at], written.get(sector).size()).stream().noneMatch(one -> read(one) == stamp)) {
                broken(new AssertionError("sector " + sector + " reads " + stamp + ", but its history is " + written.get(sector) + " from "
                        + atLeast[at] + " on"));
                return;
            }
        }
    }

    private long stamp(ByteBuf data, int index) {
        long first = data.getLong(index);
        for (int at = 8; at < 512; at += 56) {
            if (data.getLong(index + at) != first) {
                broken(new AssertionError("a sector is torn"));
            }
        }
        return first;
    }

    /** The image is given a batch: from here on it has to be the history up to there. Again is allowed. */
    void applied(Batch batch) {
        if (batch.toSequence() <= imageSequence) {
            return;
        }
        batches++;
        for (Batch.BatchExtent extent : batch.extents()) {
            for (int at = 0; at < extent.blockCount() * 8; at++) {
                image[(int) extent.firstBlock() * 8 + at] = extent.unmapped() ? 0 : stamp(extent.data(), extent.data().readerIndex() + at * 512);
            }
        }
        for (Map.Entry<Long, Record> entry : records.subMap(imageSequence, false, batch.toSequence(), true).entrySet()) {
            Record record = entry.getValue();
            Arrays.fill(expected, (int) record.lba, (int) record.lba + record.sectorCount, record.stamp);
        }
        imageSequence = batch.toSequence();
        for (int sector = 0; sector < sectors; sector++) {
            if (image[sector] != read(expected[sector])) {
                broken(new AssertionError("the image at " + imageSequence + " is no prefix: sector " + sector + " is " + image[sector] + ", not " + expected[sector]));
                return;
            }
        }
    }

    /** After a death: what is read now is what there is; records that were not acknowledged may be gone. */
    void settled(long lastSequence, ByteBuf whole) {
        records.tailMap(lastSequence, false).clear();
        unmaps.clear();
        for (int sector = 0; sector < sectors; sector++) {
            long stamp = stamp(whole, sector * 512);
            written.set(sector, new ArrayList<>(List.of(stamp)));
            acknowledged[sector] = 0;
        }
    }
}
