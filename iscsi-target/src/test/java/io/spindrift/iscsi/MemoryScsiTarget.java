package io.spindrift.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.spindrift.scsi.Nexus;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.ScsiTarget;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A target of one logical unit, LUN 0, in memory: just enough SCSI for initiators to read and write. It can hold commands back,
 * so that a test decides when they end.
 */
public final class MemoryScsiTarget implements ScsiTarget {
    static final int BLOCK = 512;

    private final ByteBuf medium;
    private final long blocks;
    /** Executed commands that were not completed yet, in order, where {@link #holding}. */
    final List<ScsiCommand> held = new ArrayList<>();
    final List<String> events = new ArrayList<>();
    boolean holding;
    int pendingEvent;
    /** Whether {@link #abort} can take commands back. */
    boolean abortable = true;

    public MemoryScsiTarget(int bytes) {
        medium = Unpooled.wrappedBuffer(new byte[bytes]);
        blocks = bytes / BLOCK;
    }

    @Override
    public int plan(ScsiCommand command) {
        long length = length(command);
        command.transferLength = length;
        switch (command.cdb[0] & 0xff) {
            case 0x2a:
            case 0x8a:
                if (lba(command) + length / BLOCK > blocks) {
                    fail(command, 5, 0x2100);
                    return REFUSED;
                }
                return (int) Math.min(length, command.expectedDataOut);
            default:
                return 0;
        }
    }

    @Override
    public void execute(ScsiCommand command) {
        if (holding) {
            held.add(command);
        } else {
            carryOut(command);
        }
    }

    void release(int index) {
        carryOut(held.remove(index));
    }

    private void carryOut(ScsiCommand command) {
        if (command.lun != 0 && (command.cdb[0] & 0xff) != 0xa0 && command.cdb[0] != 0x12) {
            fail(command, 5, 0x2500);
            return;
        }
        switch (command.cdb[0] & 0xff) {
            case 0x00:
            case 0x35:
            case 0x91:
                good(command, null);
                break;
            case 0x12:
                inquiry(command);
                break;
            case 0x1a:
                answer(command, Unpooled.wrappedBuffer(new byte[] {3, 0, 0, 0}), command.cdb[4] & 0xff);
                break;
            case 0x25:
                answer(command, Unpooled.buffer().writeInt((int) blocks - 1).writeInt(BLOCK), 8);
                break;
            case 0x28:
            case 0x88:
                read(command);
                break;
            case 0x2a:
            case 0x8a:
                medium.setBytes((int) lba(command) * BLOCK, command.dataOut, command.dataOut.readerIndex(),
                    Math.min(command.dataOut.readableBytes(), (int) command.transferLength));
                good(command, null);
                break;
            case 0x9e:
                answer(command, Unpooled.buffer().writeLong(blocks - 1).writeInt(BLOCK).writeZero(20), integer(command.cdb, 10));
                break;
            case 0x5f: // PERSISTENT RESERVE OUT: preempts and aborts everybody else
                command.responder.abortOthers(command, nexus -> !nexus.equals(command.nexus), () -> good(command, null));
                break;
            case 0xa0:
                answer(command, Unpooled.buffer().writeInt(8).writeZero(12), integer(command.cdb, 6));
                break;
            default:
                fail(command, 5, 0x2000);
                break;
        }
    }

    private void read(ScsiCommand command) {
        long lba = lba(command);
        int length = (int) length(command);
        if (lba + length / BLOCK > blocks) {
            fail(command, 5, 0x2100);
            return;
        }
        ByteBuf data = ByteBufAllocator.DEFAULT.directBuffer(Math.max(length, 1));
        data.writeBytes(medium, (int) lba * BLOCK, length);
        good(command, data);
    }

    private void inquiry(ScsiCommand command) {
        int allocation = (command.cdb[3] & 0xff) << 8 | command.cdb[4] & 0xff;
        ByteBuf data = Unpooled.buffer();
        if ((command.cdb[1] & 1) == 0) {
            data.writeBytes(new byte[] {0, 0, 6, 2, 31, 0, 0, 2});
            data.writeCharSequence("DOUBLE  MEMORY          1   ", StandardCharsets.US_ASCII);
        } else if (command.cdb[2] == 0) {
            data.writeBytes(new byte[] {0, 0, 0, 2, 0, (byte) 0x80});
        } else if ((command.cdb[2] & 0xff) == 0x80) {
            data.writeBytes(new byte[] {0, (byte) 0x80, 0, 4, '0', '0', '0', '1'});
        } else {
            data.release();
            fail(command, 5, 0x2400);
            return;
        }
        answer(command, data, allocation);
    }

    private void answer(ScsiCommand command, ByteBuf data, int allocation) {
        data.writerIndex(Math.min(data.writerIndex(), allocation));
        command.transferLength = data.readableBytes();
        good(command, data);
    }

    private void good(ScsiCommand command, ByteBuf data) {
        command.status = 0;
        command.dataIn = data;
        command.responder.completed(command);
    }

    private void fail(ScsiCommand command, int key, int code) {
        command.status = 2;
        command.sense = new byte[18];
        command.sense[0] = 0x70;
        command.sense[2] = (byte) key;
        command.sense[7] = 10;
        command.sense[12] = (byte) (code >> 8);
        command.sense[13] = (byte) code;
        command.transferLength = 0;
        command.responder.completed(command);
    }

    private static long lba(ScsiCommand command) {
        return (command.cdb[0] & 0x80) == 0 ? integer(command.cdb, 2) & 0xffffffffL
            : (long) integer(command.cdb, 2) << 32 | integer(command.cdb, 6) & 0xffffffffL;
    }

    private static long length(ScsiCommand command) {
        switch (command.cdb[0] & 0xff) {
            case 0x28:
            case 0x2a:
                return ((command.cdb[7] & 0xff) << 8 | command.cdb[8] & 0xff) * (long) BLOCK;
            case 0x88:
            case 0x8a:
                return integer(command.cdb, 10) * (long) BLOCK;
            default:
                return 0;
        }
    }

    private static int integer(byte[] bytes, int offset) {
        return (bytes[offset] & 0xff) << 24 | (bytes[offset + 1] & 0xff) << 16 | (bytes[offset + 2] & 0xff) << 8 | bytes[offset + 3] & 0xff;
    }

    @Override
    public boolean abort(ScsiCommand command) {
        boolean taken = abortable && held.remove(command);
        events.add("abort " + taken);
        return taken;
    }

    @Override
    public boolean resetLogicalUnit(long lun, Nexus from) {
        events.add("reset " + lun);
        return lun == 0;
    }

    @Override
    public void resetTarget(Nexus from) {
        events.add("reset target");
    }

    @Override
    public void commandsCleared(long lun, Nexus victim) {
        events.add("cleared " + lun + " of " + victim.initiatorPort());
    }

    @Override
    public void resetNexus(Nexus nexus) {
        events.add("reset nexus " + nexus.initiatorPort());
    }

    @Override
    public int pendingEvent(long lun, Nexus nexus) {
        return pendingEvent;
    }

    @Override
    public boolean hasLogicalUnit(long lun) {
        return lun == 0;
    }

    @Override
    public void nexusEstablished(Nexus nexus) {
        events.add("established " + nexus.initiatorPort());
    }

    @Override
    public void nexusLost(Nexus nexus) {
        events.add("lost " + nexus.initiatorPort());
    }
}
