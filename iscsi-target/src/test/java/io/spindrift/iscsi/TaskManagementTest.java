package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.spindrift.iscsi.RawInitiator.Pdu;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskManagementTest {
    private static final byte[] NONE = {};
    private static final int RESPONSE = 0x22;
    private static final int ASYNC_MESSAGE = 0x32;
    private static final String OTHER = "iqn.2026-11.io.spindrift:other";
    private ServerFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new ServerFixture();
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    private RawInitiator session(String name, String more) throws Exception {
        RawInitiator initiator = fixture.connect();
        Pdu answer = initiator.login(0x87, 0, "InitiatorName=" + name + "\0TargetName=" + ServerFixture.TARGET + "\0"
            + RawInitiator.OPERATIONAL + more);
        assertEquals(0, answer.header().getShort(36));
        return initiator;
    }

    private RawInitiator session(String more) throws Exception {
        return session(RawInitiator.NAME, more);
    }

    private void hold() throws Exception {
        fixture.atHome(() -> fixture.disk.holding = true);
    }

    private void awaitHeld(int count) throws Exception {
        while (fixture.atHome(() -> fixture.disk.held.size()) < count) {
            Thread.onSpinWait();
        }
    }

    private boolean happened(String event) throws Exception {
        return fixture.atHome(() -> fixture.disk.events.contains(event));
    }

    private static int response(Pdu answer) {
        assertEquals(RESPONSE, answer.opcode());
        return answer.header().get(2) & 0xff;
    }

    private static void ping(RawInitiator initiator, int tag) throws Exception {
        initiator.send(RawInitiator.header(0x40, 0x80, tag).putInt(20, -1).putInt(24, initiator.cmdSn), NONE);
        Pdu pong = initiator.receive();
        assertEquals(0x20, pong.opcode());
        assertEquals(tag, pong.tag());
    }

    @ParameterizedTest
    @CsvSource({
        "1, 1", // ABORT TASK of a task that is not there
        "2, 0", // ABORT TASK SET
        "3, 5", // CLEAR ACA
        "4, 0", // CLEAR TASK SET
        "5, 0", // LOGICAL UNIT RESET
        "6, 0", // TARGET WARM RESET
        "8, 4", // TASK REASSIGN
        "9, 5", "10, 5", "11, 5", "12, 5", // of RFC 7144, which was not agreed
        "0, 5", "13, 5", "127, 5",
    })
    void everyFunctionWithoutProtocolLevel2(int function, int expected) throws Exception {
        try (RawInitiator initiator = session("")) {
            initiator.send(initiator.taskManagement(function, 50, 1, 90), NONE);
            assertEquals(expected, response(initiator.receive()));
        }
    }

    @ParameterizedTest
    @CsvSource({"9, 0", "10, 0", "11, 0", "12, 0", "13, 5"})
    void everyFunctionOfProtocolLevel2(int function, int expected) throws Exception {
        try (RawInitiator initiator = session("iSCSIProtocolLevel=2\0")) {
            initiator.send(initiator.taskManagement(function, 50, 1, 90), NONE);
            assertEquals(expected, response(initiator.receive()));
            assertEquals(function == 11, happened("reset nexus " + RawInitiator.NAME + ",i,0x400001370001"));
        }
    }

    @ParameterizedTest
    @CsvSource({"2", "4", "5", "9", "10", "12"})
    void aUnitThatIsNotThere(int function) throws Exception {
        try (RawInitiator initiator = session("iSCSIProtocolLevel=2\0")) {
            initiator.send(initiator.taskManagement(function, 50, 1, 90).putLong(8, 7L << 48), NONE);
            assertEquals(2, response(initiator.receive()));
        }
    }

    @Test
    void queries() throws Exception {
        hold();
        try (RawInitiator initiator = session("iSCSIProtocolLevel=2\0")) {
            initiator.send(initiator.read(1, 0, 1), NONE);
            initiator.send(initiator.taskManagement(9, 50, 1, 100), NONE);
            assertEquals(7, response(initiator.receive()));
            initiator.send(initiator.taskManagement(9, 51, 2, 100), NONE);
            assertEquals(0, response(initiator.receive()));
            initiator.send(initiator.taskManagement(10, 52, -1, 0), NONE);
            assertEquals(7, response(initiator.receive()));
            fixture.atHome(() -> fixture.disk.pendingEvent = 0x162900);
            initiator.send(initiator.taskManagement(12, 53, -1, 0), NONE);
            Pdu event = initiator.receive();
            assertEquals(7, response(event));
            assertEquals(0x16290000, event.at(8));
        }
    }

    @Test
    void nexusResetTakesWhatTheSessionHas() throws Exception {
        hold();
        try (RawInitiator initiator = session("iSCSIProtocolLevel=2\0"); RawInitiator other = session(OTHER, "")) {
            initiator.send(initiator.read(1, 0, 1), NONE);
            other.send(other.read(1, 0, 1), NONE);
            awaitHeld(2);
            initiator.send(initiator.taskManagement(11, 50, -1, 0), NONE);
            assertEquals(0, response(initiator.receive()));
            assertEquals(1, (int) fixture.atHome(() -> fixture.disk.held.size()));
            ping(other, 9);
        }
    }

    @Test
    void dataThatWasAskedForIsAwaitedAndThrownAway() throws Exception {
        try (RawInitiator initiator = session("")) {
            initiator.send(initiator.write(0x80, 1, 0, 64), NONE);
            Pdu first = initiator.receive();
            Pdu second = initiator.receive();
            initiator.send(initiator.taskManagement(2, 50, -1, 0), NONE);
            ping(initiator, 60);
            initiator.send(RawInitiator.dataOut(0, 1, first.at(20), 0, 0), new byte[4096]);
            initiator.send(RawInitiator.dataOut(0x80, 1, first.at(20), 1, 4096), NONE);
            ping(initiator, 61);
            initiator.send(RawInitiator.dataOut(0x80, 1, second.at(20), 0, second.at(40)), new byte[4096]);
            assertEquals(0, response(initiator.receive()));
            initiator.send(initiator.read(2, 0, 1), NONE);
            assertArrayEquals(new byte[512], initiator.receive().data());
        }
    }

    @Test
    void dataThatNeverComesIsNotAwaitedForEver() throws Exception {
        try (RawInitiator initiator = session("")) {
            initiator.send(initiator.write(0x80, 1, 0, 64), NONE);
            initiator.receive();
            initiator.receive();
            initiator.send(initiator.taskManagement(5, 50, -1, 0), NONE);
            assertEquals(0, response(initiator.receive()));
            assertTrue(happened("reset 0"));
        }
    }

    @Test
    void whoLogsOutMeanwhileIsNotHeldUp() throws Exception {
        try (RawInitiator initiator = session("")) {
            initiator.send(initiator.write(0x80, 1, 0, 64), NONE);
            initiator.receive();
            initiator.receive();
            initiator.send(initiator.taskManagement(2, 50, -1, 0), NONE);
            initiator.send(RawInitiator.header(0x46, 0x80, 51).putInt(24, initiator.cmdSn), NONE);
            assertEquals(RESPONSE, initiator.receive().opcode());
            assertEquals(0x26, initiator.receive().opcode());
        }
    }

    @Test
    void fastAbortAwaitsNoData() throws Exception {
        try (RawInitiator initiator = session("TaskReporting=FastAbort\0")) {
            initiator.send(initiator.write(0x80, 1, 0, 64), NONE);
            Pdu first = initiator.receive();
            initiator.receive();
            initiator.send(initiator.taskManagement(2, 50, -1, 0), NONE);
            assertEquals(0, response(initiator.receive()));
            initiator.send(RawInitiator.dataOut(0x80, 1, first.at(20), 0, 0), new byte[4096]);
            ping(initiator, 60);
        }
    }

    @Test
    void fastAbortTellsOthersWhoseCommandsGo() throws Exception {
        hold();
        try (RawInitiator initiator = session(""); RawInitiator other = session(OTHER, "TaskReporting=FastAbort\0")) {
            other.send(other.read(1, 0, 1), NONE);
            awaitHeld(1);
            initiator.send(initiator.taskManagement(4, 50, -1, 0), NONE);
            assertEquals(0, response(initiator.receive()));
            Pdu message = other.receive();
            assertEquals(ASYNC_MESSAGE, message.opcode());
            assertEquals(5, message.header().get(36));
            assertEquals(0, message.header().getLong(8));
            assertTrue(happened("cleared 0 of " + OTHER + ",i,0x400001370001"));
            other.send(RawInitiator.header(0x40, 0x80, -1).putInt(20, -1).putInt(24, other.cmdSn), NONE);
            ping(other, 9);
        }
    }

    @Test
    void aFunctionWaitsForTheCommandsBeforeIt() throws Exception {
        hold();
        try (RawInitiator initiator = session("")) {
            ByteBuffer late = initiator.read(1, 0, 1);
            initiator.send(initiator.taskManagement(2, 50, -1, 0), NONE);
            ping(initiator, 60);
            initiator.send(late, NONE);
            assertEquals(0, response(initiator.receive()));
            assertEquals(List.of(), fixture.atHome(() -> List.copyOf(fixture.disk.held)));
        }
    }

    @Test
    void aTargetResetCountsWhatIsMissingAsReceived() throws Exception {
        hold();
        try (RawInitiator initiator = session("")) {
            initiator.cmdSn += 3;
            initiator.send(initiator.read(4, 0, 1), NONE);
            initiator.send(initiator.taskManagement(6, 50, -1, 0), NONE);
            Pdu answer = initiator.receive();
            assertEquals(0, response(answer));
            assertEquals(initiator.cmdSn, answer.at(28));
            assertTrue(happened("reset target"));
            initiator.send(initiator.read(5, 0, 1), NONE);
            awaitHeld(1);
        }
    }

    @Test
    void abortOfACommandThatIsStillToCome() throws Exception {
        try (RawInitiator initiator = session("")) {
            int missing = initiator.cmdSn++;
            initiator.send(initiator.taskManagement(1, 50, 1, missing), NONE);
            Pdu answer = initiator.receive();
            assertEquals(0, response(answer));
            initiator.send(initiator.read(2, 0, 1), NONE);
            assertEquals(2, initiator.receive().tag());
        }
    }

    @Test
    void abortTaskLooksAtTheUnit() throws Exception {
        hold();
        try (RawInitiator initiator = session("")) {
            initiator.send(initiator.read(1, 0, 1), NONE);
            awaitHeld(1);
            initiator.send(initiator.taskManagement(1, 50, 1, 100).putLong(8, 1L << 48), NONE);
            assertEquals(1, response(initiator.receive()));
            assertEquals(1, (int) fixture.atHome(() -> fixture.disk.held.size()));
        }
    }

    @Test
    void coldResetDropsEverybodyAfterItsAnswer() throws Exception {
        hold();
        try (RawInitiator initiator = session(""); RawInitiator other = session(OTHER, "")) {
            other.send(other.read(1, 0, 1), NONE);
            awaitHeld(1);
            initiator.send(initiator.taskManagement(7, 50, -1, 0), NONE);
            assertEquals(0, response(initiator.receive()));
            for (RawInitiator each : List.of(initiator, other)) {
                Pdu message = each.receive();
                assertEquals(ASYNC_MESSAGE, message.opcode());
                assertEquals(3, message.header().get(36));
                assertTrue(each.isClosed());
            }
            assertTrue(happened("reset target"));
            assertTrue(happened("abort true"));
        }
    }

    @Test
    void onlySoManyAtATime() throws Exception {
        fixture.atHome(() -> {
            fixture.disk.holding = true;
            return fixture.disk.abortable = false;
        });
        try (RawInitiator initiator = session("")) {
            initiator.send(initiator.read(1, 0, 1), NONE);
            awaitHeld(1);
            for (int i = 0; i < 65; i++) {
                initiator.send(initiator.taskManagement(2, 100 + i, -1, 0), NONE);
            }
            Pdu reject = initiator.receive();
            assertEquals(0x3f, reject.opcode());
            assertEquals(6, reject.header().get(2));
            fixture.atHome(() -> {
                fixture.disk.release(0);
                return null;
            });
            for (int i = 0; i < 64; i++) {
                assertEquals(0, response(initiator.receive()));
            }
        }
    }

    @Test
    void aTagThatIsInUse() throws Exception {
        hold();
        try (RawInitiator initiator = session("")) {
            initiator.send(initiator.read(1, 0, 1), NONE);
            initiator.send(initiator.taskManagement(2, 1, -1, 0), NONE);
            Pdu reject = initiator.receive();
            assertEquals(0x3f, reject.opcode());
            assertEquals(7, reject.header().get(2));
        }
    }
}
