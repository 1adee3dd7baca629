package io.spindrift.fuzz;

import io.netty.channel.local.LocalChannel;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A session that behaves, one command after the other. Made where it is needed, over with {@link #close}. */
final class PlainSession {
    static final int RESERVATION_CONFLICT = 0x18;
    private static final int NOT_READY = 2;
    private static final int MOST_ATTENTIONS = 16;
    private static final int PATIENCE_MS = 2_000;

    private final FuzzWorld world;
    private final FuzzPeer peer;
    private final LocalChannel channel;
    private byte[] data = new byte[0];
    private int status;

    PlainSession(FuzzWorld world, String name) {
        this.world = world;
        this.peer = new FuzzPeer(world.novelty());
        this.channel = world.connect(peer);
        String keys = "InitiatorName=iqn.2026-11.io.spindrift.harness:" + name + "\0TargetName=" + FuzzWorld.TARGET
            + "\0SessionType=Normal\0MaxRecvDataSegmentLength=65536\0";
        send(Packet.of(Seeds.login(0x87, 0x77), keys.getBytes(StandardCharsets.UTF_8), Packet.FRAME));
        if (!peer.loggedIn()) {
            throw new FuzzFailure("a healthy session does not get in: " + (peer.closed() ? "closed" : "no answer"));
        }
    }

    private void send(Packet packet) {
        peer.send(packet.encode(peer));
        world.run();
    }

    /** Until no unit attention waits. */
    void waitUntilReady(int lun) {
        for (int tries = 0; command(lun, new byte[16], 0) == 2; tries++) {
            if (tries == MOST_ATTENTIONS) {
                throw new FuzzFailure("LUN " + lun + " is not ready for a healthy session: sense " + sense());
            }
            world.pass(data.length > 4 && (data[4] & 0xf) == NOT_READY ? PATIENCE_MS : 0);
        }
    }

    private String sense() {
        return data.length < 16 ? "none" : String.format("%x/%02x/%02x", data[4] & 0xf, data[14], data[15]);
    }

    /** One command that reads up to {@code room} bytes. @return its status */
    int command(int lun, byte[] cdb, int room) {
        byte[] head = Seeds.command(lun, cdb, room > 0 ? 0x40 : 0, room);
        ByteArrayOutputStream in = new ByteArrayOutputStream();
        peer.onAnswer((header, bytes) -> {
            if (header.get(0) == 0x25) {
                in.writeBytes(bytes);
            }
        });
        send(Packet.of(head, new byte[0], Packet.REQUEST));
        for (int waited = 0; peer.lastTag() != ended() && waited < PATIENCE_MS; waited += 50) {
            world.pass(50);
        }
        if (ended() != peer.lastTag()) {
            throw new FuzzFailure("a command of a healthy session gets no answer: operation code " + Integer.toHexString(cdb[0] & 0xff));
        }
        status = peer.lastHeader().get(3) & 0xff;
        data = status == 0 ? in.toByteArray() : peer.lastData();
        return status;
    }

    private int ended() {
        ByteBuffer last = peer.lastHeader();
        boolean end = last.get(0) == 0x21 || last.get(0) == 0x25 && (last.get(1) & 1) != 0;
        return end ? last.getInt(16) : 0;
    }

    int status() {
        return status;
    }

    byte[] data() {
        return data;
    }

    void close() {
        byte[] head = new byte[PduSplitter.HEADER];
        head[0] = 0x46;
        head[1] = (byte) 0x80;
        send(Packet.of(head, new byte[0], Packet.REQUEST));
        if (!peer.closed()) {
            throw new FuzzFailure("a healthy session does not get out");
        }
        channel.close();
        world.run();
    }
}
