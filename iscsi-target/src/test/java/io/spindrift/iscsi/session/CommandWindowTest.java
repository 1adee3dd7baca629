package io.spindrift.iscsi.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.session.CommandWindow.Arrival;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CommandWindowTest {
    @Test
    void wrapsAround() {
        CommandWindow window = new CommandWindow(3, -1);
        assertEquals(1, window.maxCmdSn());
        assertEquals(Arrival.NOW, window.arrive(-1));
        assertEquals(Arrival.LATER, window.arrive(1));
        assertEquals(Arrival.DROP, window.arrive(2));
        assertEquals(Arrival.DROP, window.arrive(-2));
        window.advance();
        window.enter();
        assertEquals(0, window.expCmdSn());
        assertEquals(1, window.maxCmdSn());
        window.leave();
        assertEquals(2, window.maxCmdSn());
    }

    @Test
    void whatIsHeldTwiceIsDropped() {
        CommandWindow window = new CommandWindow(4, 10);
        window.hold(12, "twelve");
        assertEquals(Arrival.DROP, window.arrive(12));
        assertNull(window.next());
        window.hold(11, "eleven");
        window.advance();
        assertEquals("eleven", window.next());
        assertEquals("twelve", window.next());
        assertNull(window.next());
        assertEquals(13, window.expCmdSn());
    }

    /** Any order of arrival within the window comes out in order, and MaxCmdSN never falls. */
    @Test
    void anyOrder() {
        SplittableRandom random = new SplittableRandom(3);
        for (int round = 0; round < 200; round++) {
            int first = random.nextInt();
            CommandWindow window = new CommandWindow(random.nextInt(1, 70), first);
            List<Integer> seen = new ArrayList<>();
            int last = window.maxCmdSn();
            for (int step = 0; step < 500; step++) {
                int cmdSn = window.expCmdSn() + random.nextInt(-3, 80);
                Arrival arrival = window.arrive(cmdSn);
                if (arrival == Arrival.NOW) {
                    window.advance();
                    window.enter();
                    seen.add(cmdSn);
                } else if (arrival == Arrival.LATER) {
                    window.hold(cmdSn, cmdSn);
                }
                for (Object next = window.next(); next != null; next = window.next()) {
                    window.enter();
                    seen.add((Integer) next);
                }
                if (window.inFlight() > 0 && random.nextBoolean()) {
                    window.leave();
                }
                assertTrue(window.maxCmdSn() - last >= 0);
                last = window.maxCmdSn();
            }
            for (int i = 0; i < seen.size(); i++) {
                assertEquals(first + i, seen.get(i));
            }
        }
    }
}
