package io.spindrift.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** What a corpus grows from: sound PDUs of every kind, and short scripts of them. */
final class Seeds {
    private static final String WHO = "InitiatorName=iqn.2026-11.io.spindrift.harness:fuzz";
    private static final String NORMAL = "SessionType=Normal\0TargetName=" + FuzzWorld.TARGET;
    private static final String OPERATIONAL = "HeaderDigest=CRC32C,None\0DataDigest=None\0MaxConnections=1\0InitialR2T=No\0ImmediateData=Yes\0"
        + "MaxRecvDataSegmentLength=8192\0MaxBurstLength=16384\0FirstBurstLength=8192\0DefaultTime2Wait=2\0DefaultTime2Retain=20\0"
        + "MaxOutstandingR2T=4\0DataPDUInOrder=Yes\0DataSequenceInOrder=Yes\0ErrorRecoveryLevel=0\0TaskReporting=RFC3720\0"
        + "iSCSIProtocolLevel=1\0IFMarker=No\0OFMarker=No\0X-io.spindrift.fuzz=1\0";
    private static final String CHAP = "CHAP_A=5,7\0CHAP_N=fuzz\0CHAP_R=0x00112233445566778899aabbccddeeff\0CHAP_I=7\0CHAP_C=0x0011223344556677\0";

    private Seeds() { }

    // ---- headers ----

    /** @param flags T, C and stages */
    static byte[] login(int flags, int isidQualifier) {
        byte[] head = new byte[PduSplitter.HEADER];
        head[0] = 0x43;
        head[1] = (byte) flags;
        ByteBuffer.wrap(head).put(8, (byte) 0x80).putShort(12, (short) isidQualifier).putInt(24, 1);
        return head;
    }

    /** @param direction 0x40 reads, 0x20 writes */
    static byte[] command(int lun, byte[] cdb, int direction, int expected) {
        byte[] head = new byte[PduSplitter.HEADER];
        head[0] = 1;
        head[1] = (byte) (0x81 | direction);
        head[9] = (byte) lun;
        ByteBuffer.wrap(head).putInt(20, expected).put(32, cdb, 0, 16);
        return head;
    }

    private static byte[] header(int opcode, int flags, int lun) {
        byte[] head = new byte[PduSplitter.HEADER];
        head[0] = (byte) opcode;
        head[1] = (byte) flags;
        head[9] = (byte) lun;
        return head;
    }

    // ---- packets ----

    private static Packet login(int flags, String keys) {
        return Packet.of(login(flags, 1), text(keys), Packet.FRAME);
    }

    static byte[] text(String keys) {
        return keys.getBytes(StandardCharsets.UTF_8);
    }

    static Packet read(int lun, String cdb, int room) {
        return Packet.of(command(lun, cdb(cdb), room > 0 ? 0x40 : 0, room), new byte[0], Packet.REQUEST);
    }

    /** @param immediate how much of the data comes with it; the rest is asked for */
    static Packet write(int lun, String cdb, byte[] data, int expected, int immediate) {
        byte[] with = java.util.Arrays.copyOf(data, immediate);
        return Packet.of(command(lun, cdb(cdb), 0x20, expected), with, Packet.REQUEST);
    }

    static byte[] cdb(String hex) {
        byte[] bytes = java.util.HexFormat.of().parseHex(hex.replace(" ", ""));
        return java.util.Arrays.copyOf(bytes, 16);
    }

    static Packet burst() {
        return Packet.of(header(0x05, 0x80, 0), text("data that was asked for. "), Packet.FRAME | Packet.BURST | Packet.NUMBERS);
    }

    private static Packet unsolicited(int sn, int offset, int length, boolean last) {
        byte[] head = header(0x05, last ? 0x80 : 0, 0);
        ByteBuffer.wrap(head).putInt(20, -1).putInt(36, sn).putInt(40, offset);
        return Packet.of(head, new byte[length], Packet.FRAME | Packet.LAST_TAG | Packet.NUMBERS);
    }

    private static Packet management(int function, int lun, boolean immediate) {
        return Packet.of(header(immediate ? 0x42 : 0x02, 0x80 | function, lun), new byte[0], Packet.REQUEST | Packet.REFERENCE);
    }

    private static Packet text(int flags, String keys, boolean goesOn) {
        byte[] head = header(0x04, flags, 0);
        ByteBuffer.wrap(head).putInt(20, -1);
        return Packet.of(head, text(keys), Packet.REQUEST | (goesOn ? Packet.TEXT : 0));
    }

    private static Packet nop(boolean immediate, int length) {
        byte[] head = header(immediate ? 0x40 : 0, 0x80, 0);
        ByteBuffer.wrap(head).putInt(20, -1);
        return Packet.of(head, new byte[length], Packet.REQUEST);
    }

    private static Packet logout(int reason) {
        return Packet.of(header(0x46, 0x80 | reason, 0), new byte[0], Packet.REQUEST);
    }

    private static Packet snack() {
        return Packet.of(header(0x10, 0x80, 0), new byte[0], Packet.FRAME | Packet.NUMBERS | Packet.LAST_TAG);
    }

    // ---- scripts ----

    static List<Script> of(FuzzStage stage) {
        return stage == FuzzStage.FULL_FEATURE ? fullFeature() : stage == FuzzStage.IN_LOGIN ? logins() : firsts();
    }

    private static List<Script> firsts() {
        List<Script> scripts = new ArrayList<>();
        for (Script login : logins()) {
            scripts.add(new Script(0, login.packets().subList(0, 1)));
        }
        scripts.add(script(0, Packet.of(new byte[0], text("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), 0)));
        scripts.add(script(0, Packet.of(new byte[0], new byte[] {0x16, 3, 1, 2, 0, 1, 0, 1, (byte) 0xfc, 3, 3}, 0)));
        scripts.add(script(0, nop(true, 0), logout(0)));
        return scripts;
    }

    private static List<Script> logins() {
        List<Script> scripts = new ArrayList<>();
        String all = WHO + '\0' + NORMAL + '\0';
        scripts.add(script(0, login(0x87, all + OPERATIONAL), nop(true, 4)));
        scripts.add(script(0, login(0x81, all + "AuthMethod=CHAP,None\0"), login(0x87, OPERATIONAL), nop(true, 4)));
        scripts.add(script(0, login(0x00, all + "AuthMethod=CHAP,None\0"), login(0x00, CHAP), login(0x81, CHAP), login(0x87, OPERATIONAL)));
        String secret = WHO + "\0SessionType=Normal\0TargetName=" + FuzzWorld.SECRET_TARGET + "\0AuthMethod=CHAP\0";
        for (String way : List.of("5", "6,5", "7", "8")) {
            String mine = "CHAP_N=fuzz\0CHAP_R=@\0" + (way.equals("5") ? "" : "CHAP_I=7\0CHAP_C=0x00112233445566778899aabbccddeeff\0");
            Packet proof = login(0x81, mine);
            scripts.add(script(0, login(0x00, secret), login(0x00, "CHAP_A=" + way + '\0'), Packet.of(proof.header(), proof.data(), proof.fixes() | Packet.CHAP),
                login(0x87, OPERATIONAL), nop(true, 4)));
        }
        scripts.add(script(0, login(0x81, "InitiatorName=iqn.2026-11.io.spindrift.harness:listed\0TargetName=" + FuzzWorld.LISTED_TARGET + '\0'), login(0x87, "")));
        scripts.add(script(0, login(0x40, WHO + '\0'), login(0x40, "SessionType=Nor"), login(0x81, "mal\0TargetName=" + FuzzWorld.TARGET + '\0'),
            login(0x04, "MaxBurstLength=512\0"), login(0x87, "")));
        scripts.add(script(0, login(0x04, all), login(0x04, "InitialR2T=Yes\0"), login(0x44, "ImmediateData="), login(0x87, "No\0")));
        scripts.add(script(0, login(0x87, WHO + "\0SessionType=Discovery\0"), text(0x80, "SendTargets=All\0", false), logout(0)));
        scripts.add(script(0, login(0x83, all + "AuthMethod=None\0"), read(0, "12 00 00 00 ff 00", 255)));
        return scripts;
    }

    private static List<Script> fullFeature() {
        List<Script> scripts = new ArrayList<>();
        about(scripts);
        media(scripts);
        lists(scripts);
        scripts.add(script(1, management(1, 0, true), management(2, 0, true), management(3, 0, false), management(4, 1, true), management(5, 0, true),
            management(6, 0, false), management(7, 0, false), management(8, 0, true)));
        scripts.add(script(2, read(2, "28 00 00 00 00 00 00 00 02 00", 8192), management(1, 2, true), read(2, "28 00 00 00 00 00 00 00 02 00", 8192),
            management(5, 2, true)));
        scripts.add(script(0, text(0x80, "SendTargets=\0", false), text(0x40, "MaxRecvData", false), text(0x80, "SegmentLength=512\0", true),
            text(0x80, "SendTargets=All\0", false)));
        scripts.add(script(4, text(0x80, "SendTargets=All\0", false), text(0x80, "", true), nop(true, 1024)));
        scripts.add(script(0, nop(true, 0), nop(false, 200), nop(false, 300), logout(2), logout(1)));
        scripts.add(script(3, snack(), logout(0), nop(true, 0)));
        return scripts;
    }

    private static void about(List<Script> scripts) {
        scripts.add(script(0, read(0, "00", 0), read(0, "12 01 83 00 ff", 255), read(0, "a3 0c 00 00 00 00 00 00 10 00", 4096),
            read(1, "9e 10 00 00 00 00 00 00 00 00 00 00 00 20", 32), read(0, "a0 00 00 00 00 00 00 00 01 00", 256)));
        scripts.add(script(1, read(0, "5a 10 3f ff 00 00 00 00 ff", 255), read(0, "03 01 00 00 fc", 252), read(0, "1a 00 08 00 ff", 255),
            read(0, "4d 00 40 00 00 00 00 02 00", 512), read(0, "5e 00 00 00 00 00 00 00 ff", 255)));
    }

    private static void media(List<Script> scripts) {
        byte[] data = new byte[8192];
        java.util.Arrays.fill(data, (byte) 0x5a);
        scripts.add(script(0, write(0, "2a 08 00 00 00 10 00 00 02 00", data, 1024, 1024), read(0, "28 00 00 00 00 10 00 00 02", 1024)));
        scripts.add(script(1, write(1, "8a 00 00 00 00 00 00 00 00 80 00 00 00 40", data, 32768, 0), burst(), burst(), burst()));
        scripts.add(script(2, unfinished(write(0, "2a 00 00 00 00 00 00 00 10 00", data, 8192, 512)), unsolicited(0, 512, 512, false),
            unsolicited(1, 1024, 1024, true), burst(), burst()));
        scripts.add(script(0, write(2, "2a 00 00 00 00 02 00 00 02 00", data, 8192, 4096), burst(), read(2, "28 00 00 00 00 02 00 00 02", 8192)));
        scripts.add(script(1, write(3, "2a 00 00 00 00 02 00 00 02 00", data, 1024, 512), write(4, "2a 00 00 00 00 00 00 08 00 00", data, 1 << 20, 0),
            burst(), burst(), burst()));
        scripts.add(script(0, write(0, "2e 02 00 00 00 01 00 00 02", data, 1024, 1024), write(0, "2f 02 00 00 00 01 00 00 02", data, 1024, 1024),
            write(0, "89 00 00 00 00 00 00 00 00 01 00 00 00 01", data, 1024, 1024), write(0, "9c 00 00 00 00 00 00 00 00 08 00 00 00 08", data, 4096, 4096),
            write(0, "8b 00 00 00 00 00 00 00 00 01 00 00 00 02", data, 1024, 1024), write(1, "93 00 00 00 00 00 00 00 00 07 00 00 00 09", data, 512, 512),
            write(1, "41 08 00 00 00 40 00 00 08", data, 512, 512)));
        scripts.add(script(0, write(1, "2a 08 00 00 00 30 00 00 01 00", data, 512, 512), write(1, "2a 08 00 00 06 00 00 00 02 00", data, 1024, 1024),
            write(1, "0a 00 01 00 01", data, 512, 512)));
        scripts.add(script(0, read(0, "34 00 00 00 00 00 00 00 08", 0), read(0, "35", 0), read(1, "9e 12 00 00 00 00 00 00 00 00 00 00 01 00", 256)));
    }

    private static Packet unfinished(Packet packet) {
        byte[] head = packet.header().clone();
        head[1] &= 0x7f;
        return Packet.of(head, packet.data(), packet.fixes());
    }

    private static void lists(List<Script> scripts) {
        ByteBuffer unmap = ByteBuffer.allocate(40).putShort(0, (short) 38).putShort(2, (short) 32).putLong(8, 64).putInt(16, 8).putLong(24, 128).putInt(32, 1);
        scripts.add(script(0, write(1, "42 00 00 00 00 00 00 00 28", unmap.array(), 40, 40), write(0, "42 00 00 00 00 00 00 00 28", unmap.array(), 40, 40)));
        byte[] modes = {0, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0x0a, 4, 0, 0, 8, 0, 0, 0, 0, 0, 0};
        byte[] caching = {0, 0, 0, 0, 0, 0, 0, 0, 0x08, 0x12, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
        scripts.add(script(1, write(0, "55 11 00 00 00 00 00 00 14", modes, 20, 20), write(0, "55 10 00 00 00 00 00 00 1c", caching, 28, 28)));
        ByteBuffer register = ByteBuffer.allocate(24).putLong(8, 0x1234);
        ByteBuffer reserve = ByteBuffer.allocate(24).putLong(0, 0x1234).putLong(8, 0x5678);
        scripts.add(script(0, write(0, "5f 00 00 00 00 00 00 00 18", register.array(), 24, 24), write(0, "5f 01 05 00 00 00 00 00 18", reserve.array(), 24, 24),
            read(0, "5e 01 00 00 00 00 00 00 ff", 255), write(0, "5f 03 00 00 00 00 00 00 18", reserve.array(), 24, 24), read(0, "16", 0), read(0, "17", 0)));
        scripts.add(script(0, write(0, "83 00 00 00 00 00 00 00 00 00 00 00 00 6c", copy(), 108, 108), read(0, "84 03 00 00 00 00 00 00 00 00 00 00 01 00", 256),
            write(0, "48 03 00 00 00 00 00 00 00", new byte[0], 0, 0)));
    }

    /** A parameter list of EXTENDED COPY (LID1): two targets, one segment (SPC-5 6.6). */
    private static byte[] copy() {
        ByteBuffer list = ByteBuffer.allocate(108).put(0, (byte) 1).putShort(2, (short) 64).putInt(8, 28);
        for (int target = 16; target <= 48; target += 32) {
            list.put(target, (byte) 0xe4).put(target + 4, (byte) 1).put(target + 5, (byte) 3).put(target + 7, (byte) 16).put(target + 29, (byte) 2);
        }
        return list.put(80, (byte) 2).putShort(82, (short) 24).putShort(86, (short) 1).putShort(90, (short) 4).putLong(92, 16).putLong(100, 256).array();
    }

    private static Script script(int opening, Packet... packets) {
        return new Script(opening, List.of(packets));
    }

    // ---- openings ----

    /** How many ways there are to begin a session. */
    static final int OPENINGS = 6;

    /** The login of a session of the full feature phase; sessions of different slots do not reinstate each other. */
    static Packet opening(int which, int slot) {
        String normal = WHO + slot + '\0' + NORMAL + '\0';
        String keys = switch (Math.floorMod(which, OPENINGS)) {
            case 0 -> normal + "InitialR2T=No\0ImmediateData=Yes\0MaxRecvDataSegmentLength=65536\0MaxOutstandingR2T=4\0";
            case 1 -> normal + "InitialR2T=Yes\0ImmediateData=Yes\0FirstBurstLength=4096\0MaxBurstLength=8192\0MaxRecvDataSegmentLength=8192\0MaxOutstandingR2T=8\0";
            case 2 -> normal + "InitialR2T=No\0ImmediateData=Yes\0HeaderDigest=CRC32C\0DataDigest=CRC32C\0MaxBurstLength=4096\0FirstBurstLength=2048\0";
            case 3 -> WHO + slot + "\0SessionType=Discovery\0";
            case 4 -> normal + "ImmediateData=No\0InitialR2T=Yes\0MaxRecvDataSegmentLength=512\0MaxBurstLength=512\0FirstBurstLength=512\0MaxOutstandingR2T=1\0";
            default -> WHO + '\0' + NORMAL + "\0InitialR2T=No\0ImmediateData=No\0HeaderDigest=CRC32C\0FirstBurstLength=16384\0MaxRecvDataSegmentLength=16384\0";
        };
        return Packet.of(login(0x87, 1), text(keys), Packet.FRAME);
    }
}
