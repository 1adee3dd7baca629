package io.spindrift.bench;

import io.spindrift.initiator.InitiatorSession;

/** A load. Every part checks itself and says what is allowed in an {@link IllegalArgumentException}. */
public record BenchPlan(Pattern pattern, Writes writes, Pace pace, Span span) {
    /** Buffers of all commands together, bytes; more than the JVM was given fails anyway. */
    private static final long MOST_BUFFER_BYTES = 8L << 30;

    public BenchPlan {
        if (writes.verify() && pattern.size() % StampCheck.UNIT_BYTES != 0) {
            throw new IllegalArgumentException("verify works with a size that is a multiple of " + StampCheck.UNIT_BYTES);
        }
        if ((long) pattern.size() * pace.depth() * pace.sessions() > MOST_BUFFER_BYTES) {
            throw new IllegalArgumentException("size times depth times sessions is more than 8 GiB");
        }
    }

    /**
     * Where the commands go.
     *
     * @param readPercent reads among the commands of {@link Work#RANDRW} and {@link Work#RW}
     * @param size bytes of a command, a multiple of 512 up to 16 MiB
     * @param offset first byte of the unit that is used, a multiple of {@code size}
     * @param range how many bytes of it are used from there; 0: all
     * @param zipf 80 % of the random commands go to 20 % of the places, which lie scattered
     * @param seed of everything random
     */
    public record Pattern(Work work, int readPercent, int size, long offset, long range, boolean zipf, long seed) {
        private static final int MOST_SIZE = 16 << 20;

        public Pattern {
            within("reads", readPercent, 0, 100);
            within("size", size, 512, MOST_SIZE);
            within("offset", offset, 0, Long.MAX_VALUE);
            within("range", range, 0, Long.MAX_VALUE);
            if (size % 512 != 0) {
                throw new IllegalArgumentException("size must be a multiple of 512, not " + size);
            }
            if (offset % size != 0) {
                throw new IllegalArgumentException("offset must be a multiple of the size");
            }
            if (range != 0 && range < size) {
                throw new IllegalArgumentException("range is smaller than one command");
            }
        }
    }

    /**
     * How writes are made.
     *
     * @param fua each is to be durable before it is answered
     * @param syncEvery SYNCHRONIZE CACHE after so many writes of a session; 0: never
     * @param compressiblePercent how much of each block of 4 KiB is zeros
     * @param verify stamps what is written and checks what is read
     * @param firstSequence number of the first stamp; above those of earlier runs, from 1 on
     */
    public record Writes(boolean fua, int syncEvery, int compressiblePercent, boolean verify, long firstSequence) {
        public Writes {
            within("sync-every", syncEvery, 0, Integer.MAX_VALUE);
            within("compressible", compressiblePercent, 0, 100);
            within("first sequence", firstSequence, 1, Long.MAX_VALUE);
            if (verify && compressiblePercent > 0) {
                throw new IllegalArgumentException("verify and compressible exclude each other: stamps fill whole blocks");
            }
        }
    }

    /**
     * How many at a time.
     *
     * @param depth commands under way in a session
     * @param sessions for each unit
     * @param threads that drive them; 0: as the machine has room for
     * @param rate most commands a second, all sessions together; 0: no limit
     */
    public record Pace(int depth, int sessions, int threads, long rate) {
        public Pace {
            within("depth", depth, 1, InitiatorSession.SLOTS);
            within("sessions", sessions, 1, 4096);
            within("threads", threads, 0, 256);
            within("rate", rate, 0, 100_000_000);
        }
    }

    /**
     * How long.
     *
     * @param seconds measured; does not matter where the load ends by itself
     * @param commands after so many reads and writes of all sessions together the load ends by itself; 0: no limit
     * @param warmUpSeconds before, not counted
     * @param patienceSeconds how long a lost connection is tried again; 0: it ends the run
     * @param answerSeconds a command without an answer for so long is a lost connection; 0: for ever
     */
    public record Span(double seconds, long commands, double warmUpSeconds, int patienceSeconds, int answerSeconds) {
        public Span {
            if (!(seconds > 0 && seconds <= 10_000_000)) {
                throw new IllegalArgumentException("seconds must be more than 0 and at most 10000000");
            }
            within("commands", commands, 0, Long.MAX_VALUE);
            if (!(warmUpSeconds >= 0 && warmUpSeconds <= 1_000_000)) {
                throw new IllegalArgumentException("warm-up must be 0 to 1000000 seconds");
            }
            within("patience", patienceSeconds, 0, 1_000_000);
            within("timeout", answerSeconds, 0, 1_000_000);
        }
    }

    /** Whether the load is over when its commands are, and not at a time. */
    public boolean endsByItself() {
        return pattern.work().once() || span.commands() > 0;
    }

    private static void within(String name, long value, long least, long most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(name + " must be " + least + (most == Long.MAX_VALUE ? " or more" : " to " + most) + ", not " + value);
        }
    }
}
