package io.spindrift.scsi.reserve;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.scsi.sense.AdditionalSense;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random requests of four initiators against the rules, and against a second telling of the same rules that works on arrays in place: states,
 * answers and attentions must agree after every one.
 */
class PersistentModelTest {
    private static final int INITIATORS = 4;
    private static final int REQUESTS = 20_000;
    private static final ReserveOut.Options PLAIN = new ReserveOut.Options(false, false, false, false);
    private static final Registrant[] WHO = new Registrant[INITIATORS];

    static {
        for (int i = 0; i < INITIATORS; i++) {
            WHO[i] = new Registrant("iqn.test:" + i + ",i,0x000000000001", 1);
        }
    }

    /** Keys by initiator, 0 for none; the type, 0 for none; the holder, -1 for none or all. */
    private static final class Model {
        final long[] keys = new long[INITIATORS];
        final int[] told = new int[INITIATORS];
        int type;
        int holder = -1;
        long generation;

        /** 0 GOOD, 18h conflict, 2 refused. */
        int ask(int me, ReserveOut.Action action, int newType, long key, long other, int to) {
            Arrays.fill(told, 0);
            boolean ignore = action == ReserveOut.Action.REGISTER_AND_IGNORE_EXISTING_KEY;
            if (!ignore && keys[me] != key || keys[me] == 0 && !action.registers()) {
                return 0x18;
            }
            return switch (action) {
                case REGISTER, REGISTER_AND_IGNORE_EXISTING_KEY -> register(me, other);
                case RESERVE -> reserve(me, newType);
                case RELEASE -> release(me, newType);
                case CLEAR -> clear(me);
                case PREEMPT, PREEMPT_AND_ABORT -> preempt(me, newType, other);
                case REGISTER_AND_MOVE -> move(me, other, to);
            };
        }

        private boolean all() {
            return type == 7 || type == 8;
        }

        private boolean holds(int who) {
            return type != 0 && (all() ? keys[who] != 0 : holder == who);
        }

        private int register(int me, long key) {
            if (keys[me] == 0 && key == 0) {
                return 0;
            }
            keys[me] = key;
            generation++;
            if (key == 0 && type != 0) {
                dropIfOrphaned(me);
            }
            return 0;
        }

        private void dropIfOrphaned(int me) {
            boolean orphaned = all() ? count() == 0 : holder == me;
            if (orphaned && (type == 5 || type == 6)) {
                tell(me, 0x2A04);
            }
            if (orphaned) {
                type = 0;
                holder = -1;
            }
        }

        private int count() {
            int count = 0;
            for (long key : keys) {
                count += key != 0 ? 1 : 0;
            }
            return count;
        }

        private void tell(int me, int what) {
            for (int i = 0; i < INITIATORS; i++) {
                if (i != me && keys[i] != 0 && told[i] == 0) {
                    told[i] = what;
                }
            }
        }

        private static boolean valid(int type) {
            return type == 1 || type == 3 || type >= 5 && type <= 8;
        }

        private int reserve(int me, int newType) {
            if (!valid(newType)) {
                return 2;
            }
            if (type == 0) {
                hold(me, newType);
                return 0;
            }
            return holds(me) && type == newType ? 0 : 0x18;
        }

        private void hold(int me, int newType) {
            type = newType;
            holder = all() ? -1 : me;
        }

        private int release(int me, int newType) {
            if (!holds(me)) {
                return 0;
            }
            if (newType != type) {
                return 2;
            }
            if (type >= 5) {
                tell(me, 0x2A04);
            }
            type = 0;
            holder = -1;
            return 0;
        }

        private int clear(int me) {
            tell(me, 0x2A03);
            Arrays.fill(keys, 0);
            type = 0;
            holder = -1;
            generation++;
            return 0;
        }

        private int preempt(int me, int newType, long other) {
            boolean over = type != 0 && (all() ? other == 0 : keys[holder] == other);
            if (over) {
                if (!valid(newType)) {
                    return 2;
                }
                boolean another = newType != type;
                boolean everybody = all();
                for (int i = 0; i < INITIATORS; i++) {
                    if (i != me && keys[i] != 0 && (everybody || keys[i] == other)) {
                        keys[i] = 0;
                        told[i] = 0x2A05;
                    }
                }
                hold(me, newType);
                if (another) {
                    tell(me, 0x2A04);
                }
                generation++;
                return 0;
            }
            return other == 0 ? 2 : preemptKeys(me, other);
        }

        private int preemptKeys(int me, long other) {
            boolean found = false;
            for (int i = 0; i < INITIATORS; i++) {
                if (keys[i] == other) {
                    found = true;
                    keys[i] = 0;
                    told[i] = i == me ? 0 : 0x2A05;
                }
            }
            if (!found) {
                return 0x18;
            }
            if (count() == 0) {
                type = 0;
                holder = -1;
            }
            generation++;
            return 0;
        }

        private int move(int me, long other, int to) {
            if (type == 0) {
                return 2;
            }
            if (all() || holder != me) {
                return 0x18;
            }
            if (other == 0 || to == me) {
                return 2;
            }
            keys[to] = other;
            holder = to;
            generation++;
            return 0;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 20261121})
    void theRulesAndTheirSecondTellingAgree(long seed) {
        Random random = new Random(seed);
        Model model = new Model();
        PersistentReservations state = PersistentReservations.NONE;
        int[] answers = new int[0x19];
        for (int i = 0; i < REQUESTS; i++) {
            int me = random.nextInt(INITIATORS);
            int to = random.nextInt(INITIATORS);
            ReserveOut.Action action = ReserveOut.Action.values()[random.nextInt(ReserveOut.Action.values().length)];
            // Mostly what may succeed: clearing and wrong keys would leave little to look at.
            if (action == ReserveOut.Action.CLEAR && random.nextInt(8) != 0) {
                action = ReserveOut.Action.RESERVE;
            }
            long key = random.nextInt(10) == 0 ? random.nextInt(4) : model.keys[me];
            long other = random.nextInt(4);
            int type = random.nextInt(3) == 0 ? random.nextInt(10) : model.type == 0 ? 7 : model.type;
            String what = "request " + i + ": " + me + " " + action + " type " + type + " key " + key + " " + other + " on " + state;
            int expected = model.ask(me, action, type, key, other, to);
            Outcome outcome = PersistentRules.apply(state, WHO[me], new ReserveOut(action, type, key, other, PLAIN, List.of(WHO[to])
                    .subList(0, action == ReserveOut.Action.REGISTER_AND_MOVE ? 1 : 0)));
            state = outcome.state();
            assertEquals(expected, outcome.status(), what);
            agree(model, state, outcome.attentions(), what);
            answers[expected]++;
        }
        for (int status : new int[] {0, 2, 0x18}) {
            assertTrue(answers[status] > REQUESTS / 20, "answers " + status + ": " + answers[status]);
        }
    }

    private static void agree(Model model, PersistentReservations state, Map<Registrant, AdditionalSense> attentions, String what) {
        long[] keys = new long[INITIATORS];
        int[] told = new int[INITIATORS];
        for (int i = 0; i < INITIATORS; i++) {
            keys[i] = state.isRegistered(WHO[i]) ? state.keyOf(WHO[i]) : 0;
            AdditionalSense condition = attentions.get(WHO[i]);
            told[i] = condition == null ? 0 : condition.code() << 8 | condition.qualifier();
        }
        assertArrayEquals(model.keys, keys, what);
        assertArrayEquals(model.told, told, what);
        assertEquals(model.type, state.type() == null ? 0 : state.type().code(), what);
        assertEquals(model.holder < 0 ? null : WHO[model.holder], state.holder(), what);
        assertEquals(model.generation, state.generation(), what);
        PersistentReservations kept = ReservationsFormat.decode(ReservationsFormat.encode(state));
        assertEquals(new PersistentReservations(0, true, state.keys(), state.type(), state.holder()), kept, what);
    }
}
