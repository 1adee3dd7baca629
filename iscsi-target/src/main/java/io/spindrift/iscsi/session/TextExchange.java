package io.spindrift.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.iscsi.negotiation.TargetDirectory;
import io.spindrift.iscsi.negotiation.TextKey;
import io.spindrift.iscsi.negotiation.TextPairs;
import io.spindrift.iscsi.negotiation.TextPairs.MalformedText;
import io.spindrift.iscsi.pdu.Bhs;
import java.util.Arrays;
import java.util.Map;
import org.jscsi.parser.datasegment.OperationalTextKey;
import org.jscsi.parser.reject.RejectParser.ReasonCode;

/**
 * Text requests of the full feature phase (RFC 7143 11.10): SendTargets, and what else is asked. A question may come in parts
 * and an answer may go in parts; one exchange at a time. Lives in its session.
 */
final class TextExchange {
    private static final int LONGEST_QUESTION = 64 * 1024;
    /** Any tag but the one that means none. */
    private static final int TRANSFER_TAG = 1;

    private final TargetDirectory directory;
    private final IscsiSession session;
    private final int longestAnswerPdu;
    private ByteBuf question = Unpooled.EMPTY_BUFFER;
    private byte[] answer;
    private int answered;
    /** Whether the initiator may go on with {@link #TRANSFER_TAG}, under its tag of the first request. */
    private boolean open;
    private int task;

    TextExchange(TargetDirectory directory, IscsiSession session, int longestAnswerPdu) {
        this.directory = directory;
        this.session = session;
        this.longestAnswerPdu = longestAnswerPdu;
    }

    /** One text request with its data, which is taken over; null for none. */
    void request(Bhs bhs, ByteBuf data) {
        try {
            if (bhs.targetTransferTag() == Bhs.NO_TAG) {
                reset();
            } else if (!open || bhs.targetTransferTag() != TRANSFER_TAG || bhs.initiatorTaskTag() != task) {
                session.refuse(bhs, ReasonCode.INVALID_PDU_FIELD, "text that goes on with what was not begun");
                return;
            }
            task = bhs.initiatorTaskTag();
            if (answer != null) {
                sendPart(bhs);
                return;
            }
            if (data != null) {
                if (question.readableBytes() + data.readableBytes() > LONGEST_QUESTION) {
                    throw new MalformedText("a text request of more than " + LONGEST_QUESTION + " bytes");
                }
                question = question == Unpooled.EMPTY_BUFFER ? Unpooled.buffer() : question;
                question.writeBytes(data);
            }
            if ((bhs.flags() & Bhs.CONTINUE) != 0) {
                respond(0, new byte[0]);
                return;
            }
            answer = TextPairs.bytes(answerTo(TextPairs.parse(question)));
            answered = 0;
            sendPart(bhs);
        } catch (MalformedText e) {
            reset();
            session.refuse(bhs, ReasonCode.PROTOCOL_ERROR, e.getMessage());
        } finally {
            if (data != null) {
                data.release();
            }
        }
    }

    /** The answer is final only where the question was (RFC 7143 11.11.1). */
    private void sendPart(Bhs bhs) {
        int to = Math.min(answer.length, answered + longestAnswerPdu);
        byte[] part = Arrays.copyOfRange(answer, answered, to);
        answered = to;
        if (to < answer.length) {
            respond(Bhs.CONTINUE, part);
        } else {
            reset();
            respond(bhs.isFinal() ? Bhs.FINAL : 0, part);
        }
    }

    private void respond(int flags, byte[] part) {
        open = flags != Bhs.FINAL;
        session.responses().text(task, open ? TRANSFER_TAG : Bhs.NO_TAG, flags, part);
    }

    private StringBuilder answerTo(Map<String, String> pairs) {
        StringBuilder out = new StringBuilder();
        String which = pairs.remove(OperationalTextKey.SEND_TARGETS.value());
        if (which != null) {
            sendTargets(which, out);
        }
        session.negotiation().answerAll(pairs, TextKey.Stage.FULL_FEATURE, out);
        return out;
    }

    /** All in a discovery session, a name, or nothing for this session's own target (RFC 7143 Appendix C). */
    private void sendTargets(String which, StringBuilder out) {
        String own = session.targetName();
        String initiator = session.peer().initiatorName();
        boolean discovery = own == null;
        if (which.equals("All") && discovery) {
            directory.describeAll(initiator, session.channel(), out);
        } else if (which.equals("All") || which.isEmpty() && discovery) {
            TextPairs.append(out, OperationalTextKey.SEND_TARGETS.value(), "Reject");
        } else if (discovery || which.isEmpty() || which.equals(own)) {
            directory.describe(discovery ? which : own, initiator, session.channel(), out);
        }
    }

    private void reset() {
        question = Unpooled.EMPTY_BUFFER;
        answer = null;
        open = false;
    }
}
