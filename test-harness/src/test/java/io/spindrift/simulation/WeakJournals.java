package io.spindrift.simulation;

import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.spindrift.block.Completion;
import io.spindrift.journal.Journal;
import io.spindrift.journal.JournalCorruptException;
import java.lang.reflect.Method;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

/** Journals that break a law. */
final class WeakJournals {
    private static final int SECTOR = 512;

    private WeakJournals() {}

    static Journal of(Weakness weakness, Journal journal, EventLoop loop, BooleanSupplier serving) {
        return switch (weakness) {
            case NO_REPLAY -> {
                // The destage replays too, when the volume closes the last time.
                boolean[] served = new boolean[1];
                yield Forwarding.of(Journal.class, (method, arguments) -> {
                    served[0] |= serving.getAsBoolean();
                    return method.getName().equals("replay") && !served[0] ? null : Forwarding.forward(journal, method, arguments);
                });
            }
            case NO_SYNC -> Forwarding.of(Journal.class, (method, arguments) -> {
                if (!method.getName().equals("sync")) {
                    return Forwarding.forward(journal, method, arguments);
                }
                loop.execute(((Completion) arguments[0])::done);
                return null;
            });
            case CUT_FROM_MAP -> Forwarding.of(Journal.class, new Newest(journal));
            default -> journal;
        };
    }

    /** Reads give the newest version of a sector, wherever it is asked for. */
    private static final class Newest implements Forwarding.Detour {
        private final Journal target;
        private final TreeMap<Long, long[]> records = new TreeMap<>();
        private final Map<Long, Long> newest = new HashMap<>();

        Newest(Journal target) {
            this.target = target;
        }

        @Override
        public Object call(Method method, Object[] arguments) throws Throwable {
            if (method.getName().equals("read")) {
                read((long) arguments[0], (int) arguments[1], (ByteBuf) arguments[2], (int) arguments[3]);
                return null;
            }
            long before = target.lastSequence();
            Object result = Forwarding.forward(target, method, arguments);
            if (target.lastSequence() > before && method.getName().equals("appendWrite")) {
                written((long) arguments[0], (int) arguments[1]);
            } else if (method.getName().equals("appendUnmap")) {
                newest.clear();
            }
            return result;
        }

        private void written(long lba, int sectors) {
            long position = target.lastDataPosition();
            records.put(position, new long[] {lba, sectors});
            for (int at = 0; at < sectors; at++) {
                newest.put(lba + at, position + (long) at * SECTOR);
            }
        }

        private void read(long position, int lengthBytes, ByteBuf dst, int dstIndex) throws JournalCorruptException {
            for (int at = 0; at < lengthBytes; at += SECTOR) {
                long from = position + at;
                Map.Entry<Long, long[]> record = records.floorEntry(from);
                if (record != null && from < record.getKey() + record.getValue()[1] * SECTOR) {
                    from = newest.getOrDefault(record.getValue()[0] + (from - record.getKey()) / SECTOR, from);
                }
                target.read(from, SECTOR, dst, dstIndex + at);
            }
        }
    }
}
