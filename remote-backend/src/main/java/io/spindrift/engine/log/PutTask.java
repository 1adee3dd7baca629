package io.spindrift.engine.log;

import io.spindrift.engine.format.EntryFormat;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.store.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** One entry between its number and its commit. State on the loop; {@link #put} on the blocking executor. */
final class PutTask {
    /** How the put ended. */
    enum Outcome { RUNNING, STORED, TAKEN, VOID, FAILED }

    final List<Append> appends;
    final LogEntry entry;
    Outcome outcome = Outcome.RUNNING;
    Throwable failure;
    int attempts;

    PutTask(List<Append> appends, LogEntry entry) {
        this.appends = appends;
        this.entry = entry;
    }

    Outcome put(SegmentStore store, ImageLoader loader) throws IOException {
        List<ByteBuffer> parts = new ArrayList<>();
        List<ByteBuffer> body = appends.get(0) instanceof BatchAppend ? BatchAppend.body(entry, batches(appends)) : appends.get(0).body(entry);
        parts.add(EntryFormat.encode(entry));
        parts.addAll(body);
        String object = ObjectNames.logEntry(entry.imageId(), entry.number());
        if (!store.putIfAbsent(object, parts.toArray(ByteBuffer[]::new))) {
            return Outcome.TAKEN;
        }
        boolean overtaken = appends.get(0).verified() && loader.newestManifest(entry.imageId()) >= entry.number();
        return overtaken ? Outcome.VOID : Outcome.STORED;
    }

    static List<BatchAppend> batches(List<Append> appends) {
        List<BatchAppend> batches = new ArrayList<>();
        for (Append append : appends) {
            batches.add((BatchAppend) append);
        }
        return batches;
    }
}
