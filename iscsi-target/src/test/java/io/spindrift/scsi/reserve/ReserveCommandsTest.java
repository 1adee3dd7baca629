package io.spindrift.scsi.reserve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.ImmediateEventExecutor;
import io.spindrift.block.MemoryDevice;
import io.spindrift.block.Readiness;
import io.spindrift.scsi.MemoryUnitStore;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.TargetPorts;
import io.spindrift.scsi.UnitStore;
import io.spindrift.scsi.data.ParameterData;
import io.spindrift.scsi.target.LogicalUnitTarget;
import io.spindrift.scsi.target.ScsiFixture;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reservations in commands: what is read, what conflicts, who is told, what is kept. */
class ReserveCommandsTest {
    private static final Nexus A = ScsiFixture.NEXUS;
    private static final Nexus B = ScsiFixture.OTHER;
    private static final Nexus A_AT_2 = new Nexus(A.initiatorPort(), "iqn.2026-11.io.spindrift:disk0,t,0x0002", 2);
    private static final Nexus B_AT_2 = new Nexus(B.initiatorPort(), "iqn.2026-11.io.spindrift:disk0,t,0x0002", 2);
    private static final String TEST_UNIT_READY = "00 00 00 00 00 00";
    private static final String READ_KEYS = "5E 00 00 00 00 00 00 10 00 00";
    private static final String READ_RESERVATION = "5E 01 00 00 00 00 00 10 00 00";
    private static final String READ_FULL_STATUS = "5E 03 00 00 00 00 00 10 00 00";
    private static final String WRITE = "2A 00 00 00 00 00 00 00 01 00";
    private static final int APTPL = 0x01;
    private static final int ALL_TG_PT = 0x04;
    private static final int SPEC_I_PT = 0x08;

    private final MemoryDevice memory = new MemoryDevice(ScsiFixture.GEOMETRY);
    private final MemoryUnitStore store = new MemoryUnitStore();
    private final ScsiFixture scsi = present(store);

    private ScsiFixture present(UnitStore kept) {
        ScsiFixture fixture = new ScsiFixture(new LogicalUnitTarget(ImmediateEventExecutor.INSTANCE, TargetPorts.ofGroups(1, 2)));
        fixture.target.addUnit(0, ScsiFixture.settings(), memory, kept).join();
        fixture.establish(A);
        fixture.establish(B);
        return fixture;
    }

    private static byte[] list(long key, long serviceKey, int options) {
        return new ParameterData().u64(key).u64(serviceKey).u32(0).u8(options).zeros(3).toBytes();
    }

    private static String cdb(int action, int type, int length) {
        return String.format("5F %02X %02X 00 00 %08X 00", action, type, length);
    }

    private ScsiFixture.Call out(Nexus from, int action, int type, byte[] list) {
        return scsi.call(cdb(action, type, list.length)).from(from).sends(list).go();
    }

    private ScsiFixture.Call out(Nexus from, int action, int type, long key, long serviceKey) {
        return out(from, action, type, list(key, serviceKey, 0));
    }

    /** A with key 10 and B with key 11; A holds a reservation of the type. */
    private void reservedByA(int type) {
        out(A, 0, 0, 0, 0x10).good();
        out(B, 0, 0, 0, 0x11).good();
        out(A, 1, type, 0x10, 0).good();
    }

    private ScsiFixture.Call from(Nexus nexus, String cdb) {
        return scsi.call(cdb).from(nexus).wants(4096).go();
    }

    private ScsiFixture.Call write(Nexus nexus) {
        return scsi.call(WRITE).from(nexus).sends(new byte[512]).go();
    }

    @Test
    void keysAndTheReservationAreRead() {
        assertEquals("00 00 00 00 00 00 00 00", from(A, READ_KEYS).good().hexData());
        reservedByA(1);
        assertEquals("00 00 00 02 00 00 00 10 00 00 00 00 00 00 00 10 00 00 00 00 00 00 00 11", from(B, READ_KEYS).good().hexData());
        assertEquals("00 00 00 02 00 00 00 10 00 00 00 00 00 00 00 10 00 00 00 00 00 01 00 00", from(B, READ_RESERVATION).good().hexData());
        assertEquals("00 00 00 02 00 00 00 10 00 00", from(A, "5E 00 00 00 00 00 00 00 0A 00").good().hexData());
        out(A, 2, 1, 0x10, 0).good();
        assertEquals("00 00 00 02 00 00 00 00", from(A, READ_RESERVATION).good().hexData());
        out(A, 1, 8, 0x10, 0).good();
        assertEquals("00 00 00 00 00 00 00 00 00 00 00 00 00 08 00 00", from(A, READ_RESERVATION).good().hexData().substring(24));
    }

    @Test
    void capabilitiesAreWhatIsBuilt() {
        assertEquals("00 08 1D 90 EA 01 00 00", from(A, "5E 02 00 00 00 00 00 00 08 00").good().hexData());
        out(A, 0, 0, list(0, 0x10, APTPL)).good();
        assertEquals("00 08 1D 91 EA 01 00 00", from(A, "5E 02 00 00 00 00 00 00 08 00").good().hexData());
        for (int action = 4; action < 32; action++) {
            from(A, String.format("5E %02X 00 00 00 00 00 00 08 00", action)).failed(0x5, 0x2400);
        }
        for (int action = 8; action < 32; action++) {
            out(A, action, 1, 0x10, 0).failed(0x5, 0x2400);
        }
    }

    @Test
    void fullStatusNamesEveryNexus() {
        reservedByA(5);
        byte[] status = from(A, READ_FULL_STATUS).good().data;
        byte[] first = TransportId.of(A.initiatorPort());
        byte[] second = TransportId.of(B.initiatorPort());
        byte[] expected = new ParameterData().u32(2).u32(48 + first.length + second.length)
                .u64(0x10).u32(0).u8(0x01).u8(0x05).u32(0).u16(1).u32(first.length).bytes(first)
                .u64(0x11).u32(0).u8(0).u8(0).u32(0).u16(1).u32(second.length).bytes(second).toBytes();
        assertEquals(hex(expected), hex(status));
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    @ParameterizedTest
    @CsvSource({"0", "23", "25", "48", "32769"})
    void aListOfTheWrongLengthIsRefused(int length) {
        scsi.call(cdb(0, 0, length)).sends(new byte[length]).go().failed(0x5, 0x1A00);
    }

    @Test
    void aListThatDoesNotComeWholeIsRefused() {
        scsi.call(cdb(0, 0, 24)).sends(new byte[20]).go().failed(0x5, 0x1A00);
    }

    /** CDBs by what they may do beside a reservation of others: always, where reading is left, never. */
    @ParameterizedTest
    @CsvSource({
        "00 00 00 00 00 00, always", "03 00 00 00 12 00, always", "12 00 00 00 24 00, always", "1A 00 3F 00 FF 00, always",
        "5A 00 3F 00 00 00 00 00 FF 00, always", "25 00 00 00 00 00 00 00 00 00, always", "9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00, always",
        "A0 00 00 00 00 00 00 00 10 00 00 00, always", "A3 0A 00 00 00 00 00 00 10 00 00 00, always", "A3 0C 00 00 00 00 00 00 10 00 00 00, always",
        "A3 0D 00 00 00 00 00 00 10 00 00 00, always", "5E 00 00 00 00 00 00 00 08 00, always", "1E 00 00 00 00 00, always",
        "1B 00 00 00 01 00, always", "08 00 00 00 01 00, read", "28 00 00 00 00 00 00 00 01 00, read",
        "A8 00 00 00 00 00 00 00 00 01 00 00, read", "88 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00, read",
        "2F 00 00 00 00 00 00 00 01 00, read", "8F 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00, read",
        "9E 12 00 00 00 00 00 00 00 00 00 00 00 20 00 00, read", "35 00 00 00 00 00 00 00 01 00, never",
        "91 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00, never", "2A 00 00 00 00 00 00 00 01 00, never",
        "8A 00 00 00 00 00 00 00 00 00 00 00 00 01 00 00, never", "42 00 00 00 00 00 00 00 00 00, never",
        "93 08 00 00 00 00 00 00 00 00 00 00 00 01 00 00, never", "15 10 00 00 00 00, never", "1B 00 00 00 00 00, never",
        "1E 00 00 00 01 00, never"})
    void whatRunsBesideAReservation(String cdb, String when) {
        Nexus stranger = A_AT_2;
        scsi.establish(stranger);
        reservedByA(1);
        verdict(cdb, A, true);
        verdict(cdb, stranger, !when.equals("never"));
        verdict(cdb, B, !when.equals("never"));
        out(A, 4, 3, 0x10, 0x10).good();
        from(B, TEST_UNIT_READY).failed(0x6, 0x2A04);
        verdict(cdb, B, when.equals("always"));
        out(A, 4, 5, 0x10, 0x10).good();
        from(B, TEST_UNIT_READY).failed(0x6, 0x2A04);
        verdict(cdb, B, true);
        verdict(cdb, stranger, !when.equals("never"));
        out(A, 4, 8, 0x10, 0x10).good();
        from(B, TEST_UNIT_READY).failed(0x6, 0x2A04);
        verdict(cdb, B, true);
        verdict(cdb, stranger, when.equals("always"));
    }

    private void verdict(String cdb, Nexus nexus, boolean passes) {
        ScsiFixture.Call call = scsi.call(cdb).from(nexus).wants(4096).sends(new byte[512]).go();
        assertEquals(passes ? 0 : 0x18, call.command.status, cdb);
    }

    @Test
    void aReservationThatComesWhileDataIsOnItsWayIsSeen() {
        ScsiFixture.Call write = scsi.call(WRITE).from(B).sends(new byte[512]);
        assertEquals(512, scsi.target.plan(write.command));
        reservedByA(3);
        write.command.dataOut = Unpooled.wrappedBuffer(new byte[512]);
        scsi.target.execute(write.command);
        write.conflicts();
    }

    @Test
    void aConflictIsToldBeforeAnAttentionWhichStays() {
        reservedByA(3);
        memory.resize(32768);
        write(B).conflicts();
        from(B, TEST_UNIT_READY).failed(0x6, 0x2A09);
        write(A).failed(0x6, 0x2A09);
        write(A).good();
    }

    @Test
    void whoIsPreemptedIsTold() {
        reservedByA(1);
        out(B, 4, 1, 0x11, 0x10).good();
        write(A).conflicts();
        from(A, TEST_UNIT_READY).failed(0x6, 0x2A05);
        from(A, TEST_UNIT_READY).good();
        from(B, TEST_UNIT_READY).good();
        out(A, 6, 0, 0, 0x12).good();
        out(B, 3, 0, 0x11, 0).good();
        from(A, TEST_UNIT_READY).failed(0x6, 0x2A03);
        write(A).good();
    }

    @Test
    void preemptAndAbortEndsTheCommandsOfThePreempted() {
        reservedByA(1);
        List<Predicate<Nexus>> asked = new ArrayList<>();
        List<Runnable> waits = new ArrayList<>();
        ScsiFixture.Call preempt = scsi.call(cdb(5, 1, 24)).from(B).sends(list(0x11, 0x10, 0));
        preempt.aborting((whose, done) -> {
            asked.add(whose);
            waits.add(done);
        });
        preempt.go();
        assertEquals(0, preempt.completions, "answered when they have ended");
        assertTrue(asked.get(0).test(A));
        assertTrue(!asked.get(0).test(B) && !asked.get(0).test(A_AT_2));
        waits.get(0).run();
        preempt.good();
    }

    @Test
    void resetAndNexusLossLeaveRegistrations() {
        reservedByA(3);
        scsi.target.resetLogicalUnit(0, B);
        scsi.target.nexusLost(A);
        scsi.target.nexusEstablished(A);
        write(B).conflicts();
        from(A, TEST_UNIT_READY).failed(0x6, 0x2900);
        write(A).good();
        assertEquals(24, from(A, READ_KEYS).good().data.length);
    }

    // ---- ports and TransportIDs ----

    @Test
    void aRegistrationIsForOnePortOrForAll() {
        scsi.establish(A_AT_2);
        out(A, 0, 0, 0, 0x10).good();
        out(A, 1, 5, 0x10, 0).good();
        write(A_AT_2).conflicts();
        out(A, 0, 0, 0x10, 0).good();
        out(A, 0, 0, list(0, 0x10, ALL_TG_PT)).good();
        out(A, 1, 5, 0x10, 0).good();
        write(A_AT_2).good();
        assertEquals(24, from(A, READ_KEYS).good().data.length);
    }

    private static byte[] naming(long serviceKey, int options, byte[]... ids) {
        ParameterData all = new ParameterData();
        for (byte[] id : ids) {
            all.bytes(id);
        }
        return new ParameterData().bytes(list(0, serviceKey, options)).u32(all.length()).bytes(all.toBytes()).toBytes();
    }

    @Test
    void othersAreRegisteredByNameOrByPort() {
        byte[] port = TransportId.of("iqn.2026-11.test:third,i,0x0000000000ab");
        byte[] name = new ParameterData().u8(0x05).u8(0).u16(24).bytes("iqn.2026-11.test:other".getBytes()).zeros(2).toBytes();
        out(A, 0, 0, naming(0x10, SPEC_I_PT, port, name)).good();
        assertEquals(8 + 24, from(A, READ_KEYS).good().data.length);
        out(A, 1, 6, 0x10, 0).good();
        write(B).good();
        out(B, 0, 0, naming(0x10, SPEC_I_PT)).conflicts();
    }

    @Test
    void namesThatAreNoneAreRefused() {
        byte[] fibre = new byte[24];
        byte[] endless = new ParameterData().u8(0x05).u8(0).u16(20).bytes("iqn.2026-11.test:abc".getBytes()).toBytes();
        byte[] noPort = new ParameterData().u8(0x45).u8(0).u16(24).bytes("iqn.2026-11.test:other".getBytes()).zeros(2).toBytes();
        byte[] tooLong = new ParameterData().u8(0x05).u8(0).u16(64).bytes("iqn.2026-11.test:other".getBytes()).zeros(2).toBytes();
        for (byte[] id : new byte[][] {fibre, endless, noPort, tooLong, new byte[3]}) {
            out(A, 0, 0, naming(0x10, SPEC_I_PT, id)).failed(0x5, 0x2600);
        }
        byte[] wrongLength = naming(0x10, SPEC_I_PT, TransportId.of(B.initiatorPort()));
        wrongLength[27]++;
        out(A, 0, 0, wrongLength).failed(0x5, 0x1A00);
        out(A, 0, 0, list(0, 0x10, SPEC_I_PT)).failed(0x5, 0x1A00);
        out(A, 6, 0, naming(0x10, SPEC_I_PT)).failed(0x5, 0x2600);
        assertEquals(8, from(A, READ_KEYS).good().data.length);
    }

    private static byte[] moving(long key, long serviceKey, int options, int port, byte[] id) {
        return new ParameterData().u64(key).u64(serviceKey).u8(0).u8(options).u16(port).u32(id.length).bytes(id).toBytes();
    }

    @Test
    void aReservationIsMovedToAnotherPort() {
        reservedByA(3);
        scsi.establish(B_AT_2);
        byte[] id = TransportId.of(B.initiatorPort());
        byte[] own = TransportId.of(A.initiatorPort());
        out(A, 7, 0, moving(0x10, 0x12, 0, 9, id)).failed(0x5, 0x2600);
        out(A, 7, 0, moving(0x10, 0x12, 0, 1, own)).failed(0x5, 0x2600);
        out(A, 7, 0, moving(0x10, 0x12, 0, 2, own)).failed(0x5, 0x2600);
        out(A, 7, 0, moving(0x10, 0x12, 0, 2, new byte[24])).failed(0x5, 0x2600);
        byte[] cut = moving(0x10, 0x12, 0, 2, id);
        cut[23]++;
        out(A, 7, 0, cut).failed(0x5, 0x1A00);
        out(A, 7, 0, moving(0x10, 0x12, 0x02, 2, id)).good();
        write(A).conflicts();
        write(B).conflicts();
        write(B_AT_2).good();
        assertEquals("00 00 00 00 00 00 00 12", from(A, READ_RESERVATION).good().hexData().substring(24, 47));
    }

    // ---- what is kept ----

    private ScsiFixture restart() {
        return present(store);
    }

    @Test
    void withAptplEverythingIsThereAfterAStart() {
        out(A, 0, 0, list(0, 0x10, APTPL)).good();
        out(B, 0, 0, list(0, 0x11, APTPL)).good();
        out(A, 1, 3, 0x10, 0).good();
        ScsiFixture again = restart();
        again.call(WRITE).from(B).sends(new byte[512]).go().conflicts();
        again.call(WRITE).from(A).sends(new byte[512]).go().good();
        assertEquals("00 00 00 00 00 00 00 10", again.in(READ_KEYS).good().hexData().substring(0, 23), "the generation begins again");
        again.call(cdb(2, 3, 24)).from(A).sends(list(0x10, 0, 0)).go().good();
        present(store).call(WRITE).from(B).sends(new byte[512]).go().good();
    }

    @Test
    void withoutAptplNothingIs() {
        out(A, 0, 0, list(0, 0x10, APTPL)).good();
        out(B, 0, 0, 0, 0x11).good();
        out(A, 1, 3, 0x10, 0).good();
        ScsiFixture again = restart();
        assertEquals(8, again.in(READ_KEYS).good().data.length);
        again.call(WRITE).from(B).sends(new byte[512]).go().good();
    }

    @Test
    void whatCanNotBeKeptIsNotDone() {
        store.failing(true);
        out(A, 0, 0, list(0, 0x10, APTPL)).failed(0x4, 0x4400);
        assertEquals("00 00 00 00 00 00 00 00", from(A, READ_KEYS).good().hexData());
        out(A, 0, 0, 0, 0x10).good();
        store.failing(false);
        out(A, 0, 0, list(0x10, 0x12, APTPL)).good();
    }

    /** Saves end when the test says so. */
    private static final class SlowStore implements UnitStore {
        final ArrayDeque<CompletableFuture<Void>> saves = new ArrayDeque<>();

        @Override
        public byte[] load(String name) {
            return null;
        }

        @Override
        public CompletableFuture<Void> save(String name, byte[] value) {
            saves.add(new CompletableFuture<>());
            return saves.getLast();
        }

        @Override
        public boolean isSettled() {
            return true;
        }

        @Override
        public void listen(Runnable changed) {}
    }

    @Test
    void oneRequestWaitsForTheOtherToBeKept() {
        SlowStore slow = new SlowStore();
        ScsiFixture fixture = present(slow);
        ScsiFixture.Call first = fixture.call(cdb(0, 0, 24)).from(A).sends(list(0, 0x10, APTPL)).go();
        ScsiFixture.Call second = fixture.call(cdb(0, 0, 24)).from(B).sends(list(0, 0x11, APTPL)).go();
        ScsiFixture.Call third = fixture.call(cdb(1, 3, 24)).from(B).sends(list(0x10, 0, 0)).go();
        assertEquals(1, slow.saves.size());
        assertEquals(8, fixture.in(READ_KEYS).good().data.length, "not registered before it is kept");
        slow.saves.poll().complete(null);
        first.good();
        assertEquals(0, second.completions + third.completions);
        slow.saves.poll().complete(null);
        second.good();
        third.conflicts();
        assertEquals(24, fixture.in(READ_KEYS).good().data.length);
    }

    @Test
    void whatTheImageSaysTakesThePlaceOfWhatWasKnown() {
        out(A, 0, 0, list(0, 0x10, APTPL)).good();
        byte[] kept = store.load(UnitReservations.STORED);
        out(B, 0, 0, list(0, 0x11, APTPL)).good();
        out(B, 1, 3, 0x11, 0).good();
        store.unsettle();
        write(B).failed(0x2, 0x0401);
        from(A, READ_KEYS).failed(0x2, 0x0401);
        store.settle(Map.of(UnitReservations.STORED, kept));
        from(B, TEST_UNIT_READY).failed(0x6, 0x2A03);
        from(A, TEST_UNIT_READY).failed(0x6, 0x2A03);
        assertEquals(16, from(A, READ_KEYS).good().data.length);
        write(A).good();
    }

    @Test
    void registrationsThatAreNoneAreForgotten() {
        store.settle(Map.of(UnitReservations.STORED, new byte[20]));
        assertEquals(8, from(A, READ_KEYS).good().data.length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"STANDBY", "UNAVAILABLE"})
    void withoutTheLeaseThereAreNoReservationsToAskFor(Readiness readiness) {
        memory.readiness(readiness);
        from(A, TEST_UNIT_READY).failed(0x6, 0x2A06);
        int codes = readiness == Readiness.STANDBY ? 0x040B : 0x040C;
        from(A, READ_KEYS).failed(0x2, codes);
        out(A, 0, 0, 0, 0x10).failed(0x2, codes);
        from(A, "16 00 00 00 00 00").failed(0x2, codes);
    }

    // ---- RESERVE and RELEASE ----

    @ParameterizedTest
    @CsvSource({"16 00 00 00 00 00, 17 00 00 00 00 00", "56 00 00 00 00 00 00 00 00 00, 57 00 00 00 00 00 00 00 00 00"})
    void reserveKeepsOthersOut(String reserve, String release) {
        from(A, reserve).good();
        from(A, reserve).good();
        from(B, reserve).conflicts();
        from(B, TEST_UNIT_READY).conflicts();
        from(B, "28 00 00 00 00 00 00 00 01 00").conflicts();
        from(B, "12 00 00 00 24 00").good();
        from(B, "25 00 00 00 00 00 00 00 00 00").good();
        from(B, "9E 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00").good();
        from(B, "9E 12 00 00 00 00 00 00 00 00 00 00 00 20 00 00").conflicts();
        from(B, "03 00 00 00 12 00").good();
        from(B, "A0 00 00 00 00 00 00 00 10 00 00 00").good();
        from(B, "1E 00 00 00 00 00").good();
        from(B, "1E 00 00 00 01 00").conflicts();
        from(B, "1B 00 00 00 01 00").good();
        from(B, "1B 00 00 00 00 00").conflicts();
        from(B, release).good();
        write(B).conflicts();
        write(A).good();
        from(A, READ_KEYS).conflicts();
        out(A, 0, 0, 0, 0x10).conflicts();
        from(A, release).good();
        write(B).good();
    }

    @Test
    void aResetOrTheLossOfTheNexusEndsReserve() {
        from(A, "16 00 00 00 00 00").good();
        scsi.target.resetLogicalUnit(0, B);
        write(B).failed(0x6, 0x2903);
        write(B).good();
        from(A, "16 00 00 00 00 00").failed(0x6, 0x2903);
        from(A, "16 00 00 00 00 00").good();
        write(B).conflicts();
    }

    @Test
    void onlyTheLossOfItsOwnNexusEndsReserve() {
        from(A, "16 00 00 00 00 00").good();
        scsi.target.nexusLost(A_AT_2);
        write(B).conflicts();
        scsi.target.nexusLost(A);
        write(B).good();
    }

    @Test
    void thirdPartiesAndExtentsAreRefused() {
        from(A, "16 10 00 00 00 00").failed(0x5, 0x2400);
        from(A, "16 01 00 00 00 00").failed(0x5, 0x2400);
        from(A, "17 10 00 00 00 00").failed(0x5, 0x2400);
        from(A, "56 02 00 00 00 00 00 00 00 00").failed(0x5, 0x2400);
        from(A, "56 00 00 00 00 00 00 00 08 00").failed(0x5, 0x2400);
        write(B).good();
    }

    @Test
    void besideRegistrationsReserveIsGoodForWhoHasTheReservation() {
        out(A, 0, 0, 0, 0x10).good();
        from(A, "16 00 00 00 00 00").conflicts();
        from(B, "17 00 00 00 00 00").conflicts();
        out(A, 1, 5, 0x10, 0).good();
        from(A, "16 00 00 00 00 00").good();
        from(A, "17 00 00 00 00 00").good();
        from(B, "16 00 00 00 00 00").conflicts();
        out(B, 0, 0, 0, 0x11).good();
        from(B, "16 00 00 00 00 00").good();
        assertEquals("05", from(A, READ_RESERVATION).good().hexData().substring(63, 65));
        out(B, 3, 0, 0x11, 0).good();
        assertNull(scsi.call(WRITE).from(B).sends(new byte[512]).go().good().command.sense, "RESERVE left nothing behind");
    }
}
