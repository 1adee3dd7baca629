package io.spindrift.fuzz;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Makes CDBs of every command the target knows: it asks the target itself, with REPORT SUPPORTED OPERATION CODES, and fills what the usage bitmaps say
 * that it looks at. So a new command is fuzzed from the day it is in the table.
 */
final class CdbMaker {
    private static final int LUN = 0;
    /** Commands that bring data; what the others bring is a mutation. */
    private static final String SENDING = "0a 2a aa 8a 2e ae 8e 2f af 8f 41 93 42 15 55 5f 83 89 8b 9c 48 1d 3b a4 7f";
    private static final long[] NUMBERS = {0, 1, 2, 7, 8, 9, 16, 64, 255, 256, 257, 2040, 2047, 2048, 2049, 4096, 0x7fff, 0xffff, 0x10000, 0x7fffffffL,
        0x80000000L, 0xffffffffL, 1L << 40, Long.MAX_VALUE, -1};

    /** A command as the target describes it. */
    private record Known(byte[] usage, boolean action) { }

    private final List<Known> all = new ArrayList<>();

    /** Asks the target of {@code world}. */
    CdbMaker(FuzzWorld world) {
        PlainSession session = new PlainSession(world, "asking");
        session.waitUntilReady(LUN);
        byte[] list = ask(session, 0, 0, 0);
        for (int at = 4; at + 8 <= list.length; at += 8) {
            boolean action = (list[at + 5] & 1) != 0;
            int service = ByteBuffer.wrap(list).getShort(at + 2) & 0xffff;
            byte[] one = ask(session, action ? 2 : 1, list[at], service);
            byte[] usage = new byte[ByteBuffer.wrap(one).getShort(2)];
            System.arraycopy(one, 4, usage, 0, usage.length);
            all.add(new Known(usage, action));
        }
        session.close();
    }

    private static byte[] ask(PlainSession session, int option, int code, int service) {
        byte[] cdb = Seeds.cdb("a3 0c 00 00 00 00 00 00 20 00");
        ByteBuffer.wrap(cdb).put(2, (byte) option).put(3, (byte) code).putShort(4, (short) service);
        if (session.command(LUN, cdb, 8192) != 0) {
            throw new IllegalStateException("the target does not tell its commands");
        }
        return session.data();
    }

    int commands() {
        return all.size();
    }

    /** A command PDU with a CDB of any command, and a transfer that may or may not fit it. */
    Packet any(SplittableRandom random) {
        Known known = all.get(random.nextInt(all.size()));
        byte[] cdb = fill(known, random);
        boolean sends = SENDING.contains(String.format("%02x", cdb[0] & 0xff)) ^ random.nextInt(16) == 0;
        int expected = expected(cdb, sends, random);
        int lun = random.nextInt(5);
        byte[] data = new byte[sends && random.nextInt(3) > 0 ? Math.min(expected, 4096) : 0];
        if (data.length > 0 && data.length < 256) {
            random.nextBytes(data);
        }
        byte[] head = Seeds.command(lun, cdb, expected == 0 ? 0 : sends ? 0x20 : 0x40, expected);
        return new Packet(cdb.length > 16 ? extended(head, cdb) : head, data, Packet.REQUEST, true);
    }

    /** Longer CDBs go on in an additional header segment (RFC 7143 11.2.2.3). */
    private static byte[] extended(byte[] head, byte[] cdb) {
        int rest = cdb.length - 16;
        byte[] longer = java.util.Arrays.copyOf(head, head.length + 4 + (rest + 3 & ~3));
        longer[4] = (byte) ((longer.length - head.length) / 4);
        ByteBuffer.wrap(longer).putShort(head.length, (short) (rest + 1)).put(head.length + 2, (byte) 1);
        System.arraycopy(cdb, 16, longer, head.length + 4, rest);
        return longer;
    }

    private static int expected(byte[] cdb, boolean sends, SplittableRandom random) {
        ByteBuffer at = ByteBuffer.wrap(cdb);
        int choice = random.nextInt(4);
        if (choice == 0) {
            return (int) NUMBERS[random.nextInt(NUMBERS.length)] & 0xfffff;
        }
        int group = (cdb[0] & 0xff) >> 5;
        long field = group == 0 ? cdb[4] & 0xff : group < 3 ? at.getShort(7) & 0xffff : group == 4 ? at.getInt(10) : at.getInt(6);
        boolean blocks = sends ? "0a2aaa8a2eae8e2faf8f899c8b".contains(String.format("%02x", cdb[0] & 0xff)) : (cdb[0] & 0x1f) == 8;
        return (int) Math.min(blocks ? (field & 0xffffffffL) * 512 : field & 0xffffffffL, 1 << 20);
    }

    private static byte[] fill(Known known, SplittableRandom random) {
        byte[] usage = known.usage;
        byte[] cdb = new byte[Math.max(16, usage.length)];
        cdb[0] = usage[0];
        for (int at = 1; at < usage.length;) {
            int end = at;
            while (end < usage.length && usage[end] == (byte) 0xff) {
                end++;
            }
            if (end > at) {
                number(cdb, at, end - at, random);
                at = end;
            } else {
                boolean literal = known.action && (usage.length == 32 ? at == 8 || at == 9 : at == 1);
                cdb[at] = (byte) (literal ? usage[at] : random.nextInt(4) == 0 ? random.nextInt(256) & usage[at] : 0);
                at++;
            }
        }
        return cdb;
    }

    private static void number(byte[] cdb, int from, int length, SplittableRandom random) {
        long value = random.nextInt(4) > 0 ? random.nextInt(random.nextBoolean() ? 16 : 2050) : NUMBERS[random.nextInt(NUMBERS.length)];
        for (int i = length - 1; i >= 0; i--) {
            cdb[from + i] = (byte) value;
            value = length > 8 ? value >>> 8 : value >> 8;
        }
    }
}
