package io.spindrift.blockcache;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.image.HistoryPoint;
import io.spindrift.journal.KilledProcess;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A child puts blocks and is killed with signal 9: nearly all are found again, none is wrong, and the point is no newer than the puts. */
class CacheKillTest {
    private static final UUID BOOT = new UUID(1, 1);
    private static final CacheSettings SETTINGS = new CacheSettings(64 << 20);
    private static final int BLOCKS = 8000;
    private static final HistoryPoint POINT = new HistoryPoint(new UUID(1, 2), 1, new UUID(3, 4), 0);
    /** Rounds by hand: -Dspindrift.kill.rounds=10. */
    private static final int ROUNDS = Integer.getInteger("spindrift.kill.rounds", 3);
    @TempDir
    Path parent;

    @Test
    void aKilledCacheIsStillWarmAndNeverWrong() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            Path folder = parent.resolve("round-" + round);
            List<String> told = KilledProcess.run(Child.class, 60 + 13 * round, folder.toString());
            long toldUpTo = Long.parseLong(told.get(told.size() - 1).trim());
            BlockCache cache = ChronicleBlockCache.open(SETTINGS, folder, BOOT, ImmediateEventExecutor.INSTANCE, Runnable::run).join();
            check(cache, toldUpTo, "round " + round);
            cache.close();
        }
    }

    private static void check(BlockCache cache, long toldUpTo, String round) {
        long point = cache.point().sequence();
        assertTrue(point + 1000 >= toldUpTo, round + ": told " + toldUpTo + ", point " + point);
        long[] newest = new long[BLOCKS];
        replay(toldUpTo + 1_000_000, (block, sequence) -> {
            if (sequence <= point) {
                newest[block] = sequence;
            }
            return sequence < point;
        });
        int hits = 0;
        int expected = 0;
        for (int block = 0; block < BLOCKS; block++) {
            long version = BlockCacheContract.version(cache, block);
            assertTrue(version == -1 || version >= newest[block], round + ": block " + block + " is of " + version + ", " + newest[block] + " was put");
            hits += version == -1 || newest[block] == 0 ? 0 : 1;
            expected += newest[block] == 0 ? 0 : 1;
        }
        assertTrue(hits >= expected * 0.95, round + ": " + hits + " of " + expected + " found");
    }

    private interface Put {
        boolean put(int block, long sequence);
    }

    /** The child's puts, always the same ones. */
    private static void replay(long most, Put put) {
        SplittableRandom random = new SplittableRandom(5);
        for (long sequence = 1; sequence <= most; sequence++) {
            if (!put.put(random.nextInt(BLOCKS), sequence)) {
                return;
            }
        }
    }

    /** Puts for ever, advancing the point with each; tells every thousandth. */
    public static final class Child {
        private Child() {}

        public static void main(String[] arguments) {
            PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.US_ASCII);
            BlockCache cache =
                ChronicleBlockCache.open(SETTINGS, Path.of(arguments[0]), BOOT, ImmediateEventExecutor.INSTANCE, Runnable::run).join();
            replay(Long.MAX_VALUE, (block, sequence) -> {
                ByteBuf bytes = BlockCacheContract.content(block, sequence);
                cache.put(block, sequence, bytes, 0, true);
                bytes.release();
                cache.advance(POINT.withSequence(sequence));
                if (sequence % 1000 == 0) {
                    out.printf("%012d%n", sequence);
                    out.flush();
                }
                return true;
            });
        }
    }
}
