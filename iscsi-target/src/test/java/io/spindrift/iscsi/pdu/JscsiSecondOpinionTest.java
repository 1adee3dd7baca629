package io.spindrift.iscsi.pdu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.jscsi.parser.InitiatorMessageParser;
import org.jscsi.parser.OperationCode;
import org.jscsi.parser.ProtocolDataUnit;
import org.jscsi.parser.ProtocolDataUnitFactory;
import org.jscsi.parser.TargetMessageParser;
import org.jscsi.parser.data.DataInParser;
import org.jscsi.parser.data.DataOutParser;
import org.jscsi.parser.logout.LogoutRequestParser;
import org.jscsi.parser.logout.LogoutResponseParser;
import org.jscsi.parser.nop.NOPOutParser;
import org.jscsi.parser.r2t.Ready2TransferParser;
import org.jscsi.parser.scsi.SCSICommandParser;
import org.jscsi.parser.scsi.SCSIResponseParser;
import org.jscsi.parser.scsi.SCSIStatus;
import org.jscsi.parser.text.TextRequestParser;
import org.junit.jupiter.api.Test;

/** jSCSI's codec, where it is right, reads what this one writes and reads the same fields from what an initiator sends. */
class JscsiSecondOpinionTest {
    private static final int ROUNDS = 500;
    private final SplittableRandom random = new SplittableRandom(23);
    private final EmbeddedChannel channel = new EmbeddedChannel(new ChannelInboundHandlerAdapter());
    private final PduWriter writer = new PduWriter(channel.pipeline().firstContext());

    private ProtocolDataUnit reread() throws Exception {
        writer.flush();
        ByteBuf all = channel.alloc().buffer();
        for (ByteBuf part = channel.readOutbound(); part != null; part = channel.readOutbound()) {
            all.writeBytes(part);
            part.release();
        }
        ProtocolDataUnit pdu = new ProtocolDataUnitFactory().create("None", "None");
        byte[] bytes = ByteBufUtil.getBytes(all);
        all.release();
        pdu.deserialize(ByteBuffer.wrap(bytes, 0, 48));
        return pdu;
    }

    @Test
    void whatIsWritten() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            int[] n = random.ints(8, 0, Integer.MAX_VALUE).toArray();
            writer.begin(OperationCode.R2T.value(), 0x80).putInt(16, n[0]).putInt(20, n[1]).putInt(24, n[2]).putInt(28, n[3])
                .putInt(32, n[4]).putInt(36, n[5]).putInt(40, n[6]).putInt(44, n[7] | 1).end();
            Ready2TransferParser r2t = (Ready2TransferParser) targetNumbers(reread(), n);
            assertEquals(n[1], r2t.getTargetTransferTag());
            assertEquals(n[5], r2t.getReady2TransferSequenceNumber());
            assertEquals(n[6], r2t.getBufferOffset());
            assertEquals(n[7] | 1, r2t.getDesiredDataTransferLength());

            writer.begin(OperationCode.SCSI_RESPONSE.value(), 0x82).putByte(3, 2).putInt(16, n[0]).putInt(24, n[2]).putInt(28, n[3])
                .putInt(32, n[4]).putInt(36, n[5]).putInt(44, n[6]).end();
            SCSIResponseParser response = (SCSIResponseParser) targetNumbers(reread(), n);
            assertEquals(SCSIStatus.CHECK_CONDITION, response.getStatus());
            assertEquals(n[5], response.getExpectedDataSequenceNumber());
            assertEquals(n[6], response.getResidualCount());

            writer.begin(OperationCode.SCSI_DATA_IN.value(), 0x81).putInt(16, n[0]).putInt(20, -1).putInt(24, n[2]).putInt(28, n[3])
                .putInt(32, n[4]).putInt(36, n[5]).putInt(40, n[6]).end();
            DataInParser data = (DataInParser) targetNumbers(reread(), n);
            assertEquals(n[5], data.getDataSequenceNumber());
            assertEquals(n[6], data.getBufferOffset());

            writer.begin(OperationCode.LOGOUT_RESPONSE.value(), 0x80).putByte(2, 2).putInt(16, n[0]).putInt(24, n[2]).putInt(28, n[3])
                .putInt(32, n[4]).putShort(40, 5).putShort(42, 6).end();
            LogoutResponseParser logout = (LogoutResponseParser) targetNumbers(reread(), n);
            assertEquals(5, logout.getTime2Wait());
            assertEquals(6, logout.getTime2Retain());
        }
        writer.close();
        channel.finishAndReleaseAll();
    }

    private TargetMessageParser targetNumbers(ProtocolDataUnit pdu, int[] n) {
        TargetMessageParser parser = (TargetMessageParser) pdu.getBasicHeaderSegment().getParser();
        assertEquals(n[0], pdu.getBasicHeaderSegment().getInitiatorTaskTag());
        assertEquals(n[2], parser.getStatusSequenceNumber());
        assertEquals(n[3], parser.getExpectedCommandSequenceNumber());
        assertEquals(n[4], parser.getMaximumCommandSequenceNumber());
        return parser;
    }

    private Bhs parse(ProtocolDataUnit pdu) throws Exception {
        byte[] bytes = pdu.serialize().array();
        Bhs bhs = new Bhs();
        System.arraycopy(Arrays.copyOf(bytes, 48), 0, bhs.bytes, 0, 48);
        assertEquals(pdu.getBasicHeaderSegment().getOpCode(), Vocabulary.operation(bhs.opcode()));
        assertEquals(pdu.getBasicHeaderSegment().getInitiatorTaskTag(), bhs.initiatorTaskTag());
        assertEquals(pdu.getBasicHeaderSegment().getDataSegmentLength(), bhs.dataLength());
        assertEquals(pdu.getBasicHeaderSegment().isFinalFlag(), bhs.isFinal());
        return bhs;
    }

    @Test
    void whatIsRead() throws Exception {
        ProtocolDataUnitFactory factory = new ProtocolDataUnitFactory();
        for (int round = 0; round < ROUNDS; round++) {
            ProtocolDataUnit pdu = factory.create(random.nextBoolean(), true, OperationCode.SCSI_COMMAND, "None", "None");
            SCSICommandParser command = (SCSICommandParser) common(pdu);
            command.setReadExpectedFlag(true);
            command.setTaskAttributes(SCSICommandParser.TaskAttributes.values()[random.nextInt(5)]);
            command.setExpectedDataTransferLength(random.nextInt(1, 1 << 20));
            byte[] cdb = new byte[16];
            random.nextBytes(cdb);
            command.setCommandDescriptorBlock(ByteBuffer.wrap(cdb.clone()));
            Bhs bhs = parse(pdu);
            numbers(command, bhs);
            assertEquals(command.getExpectedDataTransferLength(), bhs.intAt(20));
            byte[] read = new byte[16];
            bhs.copy(32, read, 0, 16);
            assertEquals(Arrays.toString(cdb), Arrays.toString(read));
            assertEquals(command.getTaskAttributes().value(), bhs.flags() & 7);
            assertEquals(0x40, bhs.flags() & 0x60);

            pdu = factory.create(false, true, OperationCode.SCSI_DATA_OUT, "None", "None");
            DataOutParser data = (DataOutParser) common(pdu);
            data.setTargetTransferTag(random.nextInt());
            data.setDataSequenceNumber(random.nextInt());
            data.setBufferOffset(random.nextInt());
            bhs = parse(pdu);
            assertEquals(data.getTargetTransferTag(), bhs.targetTransferTag());
            assertEquals(data.getDataSequenceNumber(), bhs.intAt(36));
            assertEquals(data.getBufferOffset(), bhs.intAt(40));

            pdu = factory.create(true, true, OperationCode.NOP_OUT, "None", "None");
            NOPOutParser nop = (NOPOutParser) common(pdu);
            bhs = parse(pdu);
            numbers(nop, bhs);
            assertEquals(nop.getTargetTransferTag(), bhs.targetTransferTag());

            pdu = factory.create(true, true, OperationCode.LOGOUT_REQUEST, "None", "None");
            LogoutRequestParser logout = (LogoutRequestParser) common(pdu);
            logout.setReasonCode(LogoutRequestParser.LogoutReasonCode.CLOSE_CONNECTION);
            logout.setConnectionID((short) random.nextInt(1, 30000));
            bhs = parse(pdu);
            numbers(logout, bhs);
            assertEquals(LogoutRequestParser.LogoutReasonCode.CLOSE_CONNECTION, Vocabulary.logoutReason(bhs.flags()));
            assertEquals(logout.getConnectionID(), bhs.shortAt(20));

            pdu = factory.create(true, true, OperationCode.TEXT_REQUEST, "None", "None");
            TextRequestParser text = (TextRequestParser) common(pdu);
            text.setTargetTransferTag(random.nextInt());
            bhs = parse(pdu);
            numbers(text, bhs);
            assertEquals(text.getTargetTransferTag(), bhs.targetTransferTag());
        }
    }

    private InitiatorMessageParser common(ProtocolDataUnit pdu) {
        pdu.getBasicHeaderSegment().setInitiatorTaskTag(random.nextInt());
        InitiatorMessageParser parser = (InitiatorMessageParser) pdu.getBasicHeaderSegment().getParser();
        parser.setCommandSequenceNumber(random.nextInt());
        parser.setExpectedStatusSequenceNumber(random.nextInt());
        return parser;
    }

    private void numbers(InitiatorMessageParser parser, Bhs bhs) {
        assertEquals(parser.getCommandSequenceNumber(), bhs.cmdSn());
        assertEquals(parser.getExpectedStatusSequenceNumber(), bhs.intAt(28));
    }
}
