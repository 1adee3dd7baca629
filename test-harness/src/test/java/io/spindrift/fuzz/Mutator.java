package io.spindrift.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** Changes scripts: bits, fields, lengths, order, keys and values, pieces of other scripts. All it does follows from its random numbers. */
final class Mutator {
    private static final int MOST_PACKETS = 24;
    private static final int MOST_DATA = 16 * 1024;
    /** Fields of PDUs: offset, bytes, and the fix that would put them right. */
    private static final int[][] FIELDS = {{0, 1, 0}, {1, 1, 0}, {2, 1, 0}, {3, 1, 0}, {4, 1, 0}, {5, 3, Packet.LENGTH}, {8, 8, 0}, {8, 2, 0}, {14, 2, 0},
        {16, 4, Packet.TAG | Packet.BURST | Packet.LAST_TAG}, {20, 4, Packet.BURST | Packet.TEXT | Packet.REFERENCE}, {20, 2, 0}, {24, 4, Packet.NUMBERS},
        {28, 4, Packet.NUMBERS}, {32, 4, Packet.REFERENCE}, {36, 4, Packet.BURST}, {40, 4, Packet.BURST}, {44, 4, 0}, {32, 1, 0}, {33, 1, 0}, {34, 8, 0},
        {34, 4, 0}, {39, 2, 0}, {42, 4, 0}, {45, 1, 0}};
    private static final long[] NUMBERS = {0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 47, 48, 63, 64, 127, 128, 255, 256, 511, 512, 1023, 4095, 4096, 8191, 8192, 8193,
        65535, 65536, 262144, 262145, 0xffffff, 0x1000000, 0x7fffffffL, 0x80000000L, 0xfffffffeL, 0xffffffffL, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    private static final int[] OPCODES = {0, 1, 2, 3, 4, 5, 6, 0x10, 0x1c, 0x1f, 0x20, 0x21, 0x25, 0x31, 0x3f};
    private static final String[] VALUES = {"", "Yes", "No", "None", "CRC32C", "CRC32C,None", "CHAP,None", "0", "1", "-1", "512", "8192", "16777215",
        "16777216", "4294967296", "9223372036854775808", "0x200", "0xffffffffffffffffff", "0X", "0b!", "Reject", "NotUnderstood", "Irrelevant", "?", "1~2",
        "All", "Normal", "Discovery", "RFC3720,FastAbort", "CHAP", "@", FuzzWorld.TARGET, FuzzWorld.SECRET_TARGET, FuzzWorld.LISTED_TARGET,
        "iqn.2026-11.io.spindrift.harness:listed", "0bAAECAwQFBgcICQoLDA0ODw==", "0x00112233445566778899aabbccddeeff", "fuzz", "iqn.2026-11.io.spindrift:absent", "5,6,7,8", "\u00e4\ud83d\ude00"};
    private static final String[] KEYS = {"AuthMethod", "HeaderDigest", "DataDigest", "MaxConnections", "SendTargets", "TargetName", "InitiatorName",
        "TargetAlias", "InitiatorAlias", "TargetAddress", "TargetPortalGroupTag", "InitialR2T", "ImmediateData", "MaxRecvDataSegmentLength", "MaxBurstLength",
        "FirstBurstLength", "DefaultTime2Wait", "DefaultTime2Retain", "MaxOutstandingR2T", "DataPDUInOrder", "DataSequenceInOrder", "ErrorRecoveryLevel",
        "SessionType", "OFMarker", "IFMarkInt", "TaskReporting", "iSCSIProtocolLevel", "CHAP_A", "CHAP_I", "CHAP_C", "CHAP_N", "CHAP_R", "X-a", "X#NodeArchitecture"};

    private final SplittableRandom random;
    private final CdbMaker cdbs;
    private final FuzzStage stage;

    Mutator(SplittableRandom random, CdbMaker cdbs, FuzzStage stage) {
        this.random = random;
        this.cdbs = cdbs;
        this.stage = stage;
    }

    /** @param other where pieces may come from */
    Script mutate(Script script, Script other) {
        List<Packet> packets = new ArrayList<>(script.packets());
        int opening = random.nextInt(8) == 0 ? random.nextInt(Seeds.OPENINGS) : script.opening();
        int changes = 1 + random.nextInt(1 + packets.size() * 2);
        for (int i = 0; i < changes; i++) {
            change(packets, other.packets());
        }
        while (packets.size() > MOST_PACKETS) {
            packets.remove(packets.size() - 1);
        }
        return new Script(opening, packets);
    }

    private void change(List<Packet> packets, List<Packet> others) {
        int at = random.nextInt(packets.size());
        if (stage == FuzzStage.IN_LOGIN && at == 0 && random.nextInt(4) > 0 && packets.size() > 1) {
            at = 1 + random.nextInt(packets.size() - 1);
        }
        Packet packet = packets.get(at);
        switch (random.nextInt(16)) {
            case 0 -> packets.add(at, packet.with(packet.header(), packet.data(), packet.fixes()));
            case 1 -> swap(packets, at);
            case 2 -> packets.add(at, touched(others.get(random.nextInt(others.size()))));
            case 3 -> splice(packets, at, others);
            case 4, 5 -> packets.set(at, stage == FuzzStage.FULL_FEATURE ? cdbs.any(random) : keys(packet));
            case 6, 7, 8, 9 -> packets.set(at, field(packet));
            case 10 -> packets.set(at, bits(packet));
            case 11, 12 -> packets.set(at, data(packet));
            case 13 -> packets.set(at, additional(packet));
            case 14 -> packets.set(at, unfixed(packet));
            default -> packets.set(at, random.nextInt(3) == 0 ? cut(packet) : field(packet));
        }
    }

    private static Packet touched(Packet packet) {
        return packet.with(packet.header(), packet.data(), packet.fixes());
    }

    private void swap(List<Packet> packets, int at) {
        int with = random.nextInt(packets.size());
        Packet first = touched(packets.get(at));
        packets.set(at, touched(packets.get(with)));
        packets.set(with, first);
    }

    private void splice(List<Packet> packets, int at, List<Packet> others) {
        int from = random.nextInt(others.size());
        while (packets.size() > at + 1) {
            packets.remove(packets.size() - 1);
        }
        others.subList(from, others.size()).forEach(packet -> packets.add(touched(packet)));
    }

    private Packet field(Packet packet) {
        int[] field = FIELDS[random.nextInt(FIELDS.length)];
        byte[] head = packet.header().clone();
        if (head.length < field[0] + field[1]) {
            return bits(packet);
        }
        long value = 0;
        for (int i = 0; i < field[1]; i++) {
            value = value << 8 | head[field[0] + i] & 0xff;
        }
        value = field[0] == 0 ? OPCODES[random.nextInt(OPCODES.length)] | random.nextInt(2) << 6 : number(value);
        for (int i = field[1] - 1; i >= 0; i--) {
            head[field[0] + i] = (byte) value;
            value >>= 8;
        }
        return packet.with(head, packet.data(), packet.fixes() & ~field[2]);
    }

    private long number(long now) {
        return switch (random.nextInt(6)) {
            case 0 -> now + 1;
            case 1 -> now - 1;
            case 2 -> now ^ 1L << random.nextInt(32);
            case 3 -> random.nextLong();
            default -> NUMBERS[random.nextInt(NUMBERS.length)];
        };
    }

    private Packet bits(Packet packet) {
        byte[] head = packet.header().clone();
        byte[] data = packet.data().clone();
        for (int flips = 1 + random.nextInt(4); flips > 0; flips--) {
            byte[] in = head.length > 0 && (data.length == 0 || random.nextBoolean()) ? head : data;
            if (in.length > 0) {
                in[random.nextInt(in.length)] ^= (byte) (1 << random.nextInt(8));
            }
        }
        return packet.with(head, data, random.nextBoolean() ? packet.fixes() : packet.fixes() & (Packet.FRAME | Packet.NUMBERS));
    }

    private Packet unfixed(Packet packet) {
        return packet.with(packet.header(), packet.data(), packet.fixes() & ~(1 << random.nextInt(10)));
    }

    private Packet cut(Packet packet) {
        boolean header = packet.data().length == 0 || random.nextInt(4) == 0;
        byte[] head = header ? Arrays.copyOf(packet.header(), random.nextInt(packet.header().length + 1)) : packet.header();
        byte[] data = header ? new byte[0] : Arrays.copyOf(packet.data(), random.nextInt(packet.data().length + 1));
        return packet.with(head, data, packet.fixes() & ~(Packet.LENGTH | Packet.PADDING | Packet.DIGESTS));
    }

    private Packet data(Packet packet) {
        int kind = packet.opcode();
        if ((kind == 3 || kind == 4) && random.nextInt(4) > 0) {
            return keys(packet);
        }
        byte[] data = packet.data();
        switch (random.nextInt(4)) {
            case 0 -> data = Arrays.copyOf(data, random.nextInt(Math.min(MOST_DATA, data.length * 2 + 64) + 1));
            case 1 -> data = Arrays.copyOf(data, (int) NUMBERS[random.nextInt(26)]);
            default -> data = words(data.clone());
        }
        return packet.with(packet.header(), data, packet.fixes());
    }

    private byte[] words(byte[] data) {
        if (data.length >= 8) {
            ByteBuffer in = ByteBuffer.wrap(data);
            int at = random.nextInt(Math.min(data.length, 128) - 7);
            switch (random.nextInt(4)) {
                case 0 -> in.putLong(at, number(in.getLong(at)));
                case 1 -> in.putInt(at, (int) number(in.getInt(at)));
                case 2 -> in.putShort(at, (short) number(in.getShort(at)));
                default -> in.put(at, (byte) number(in.get(at)));
            }
        }
        return data;
    }

    /** Text, changed key by key. */
    private Packet keys(Packet packet) {
        List<String> pairs = new ArrayList<>(Arrays.asList(new String(packet.data(), StandardCharsets.UTF_8).split("\0", -1)));
        int at = random.nextInt(pairs.size());
        String pair = pairs.get(at);
        String key = pair.substring(0, Math.max(0, pair.indexOf('=')));
        switch (random.nextInt(10)) {
            case 0 -> pairs.remove(at);
            case 1 -> pairs.add(at, pair);
            case 2 -> pairs.set(at, pair.replace("=", ""));
            case 3 -> pairs.add(at, KEYS[random.nextInt(KEYS.length)] + '=' + VALUES[random.nextInt(VALUES.length)]);
            case 4 -> pairs.set(at, key + '=' + "9".repeat(random.nextInt(600)));
            case 5 -> pairs.set(at, "k".repeat(random.nextInt(80)) + "=1");
            case 6 -> pairs.add(at, "X-" + random.nextInt(1000) + "=" + "v".repeat((int) NUMBERS[random.nextInt(26)]));
            default -> pairs.set(at, key + '=' + VALUES[random.nextInt(VALUES.length)]);
        }
        String joined = String.join("\0", pairs) + (random.nextInt(8) == 0 ? "" : "\0");
        byte[] data = joined.getBytes(StandardCharsets.UTF_8);
        return packet.with(packet.header(), data.length > MOST_DATA ? Arrays.copyOf(data, MOST_DATA) : data, packet.fixes());
    }

    /** Additional header segments of any kind and length, which may or may not be what TotalAHSLength says. */
    private Packet additional(Packet packet) {
        if (packet.header().length < PduSplitter.HEADER) {
            return bits(packet);
        }
        int words = random.nextInt(8) == 0 ? random.nextInt(256) : random.nextInt(12);
        byte[] head = Arrays.copyOf(packet.header(), PduSplitter.HEADER + words * 4);
        if (words > 0) {
            int length = random.nextInt(3) == 0 ? (int) NUMBERS[random.nextInt(26)] : words * 4 - 3 - random.nextInt(4);
            ByteBuffer.wrap(head).putShort(PduSplitter.HEADER, (short) length).put(PduSplitter.HEADER + 2, (byte) (random.nextInt(4) == 0 ? random.nextInt(256) : 1));
        }
        head[4] = (byte) (random.nextInt(8) == 0 ? words + 1 : words);
        return packet.with(head, packet.data(), packet.fixes());
    }
}
