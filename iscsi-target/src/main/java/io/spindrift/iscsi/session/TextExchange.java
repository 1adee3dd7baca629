package io.spindrift.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.iscsi.negotiation.TargetDirectory;
import io.spindrift.iscsi.negotiation.TextKey;
import io.spindrift.iscsi.negotiation.TextPairs;
import io.spindrift.iscsi.negotiation.TextPairs.MalformedText;
import io.spindrift.iscsi.pdu.Bhs;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jscsi.parser.datasegment.OperationalTextKey;
import org.jscsi.parser.reject.RejectParser.ReasonCode;

/**
 * Text requests of the full feature phase (RFC 7143 11.10): SendTargets, and what else is asked. A question may come in parts
 * and an answer may go in parts, and while the initiator sends no F it has more to ask; one exchange at a time. Lives in its
 * session.
 */
final class TextExchange {
    private static final int LONGEST_QUESTION = 64 * 1024;
    /** Any tag but the one that means none. */
    private static final int TRANSFER_TAG = 1;
    private static final byte[] NO_TEXT = {};

    private final TargetDirectory directory;
    private final IscsiSession session;
    private final Set<String> seen = new HashSet<>();
    /** Whether an exchange is under way, and the tag of its requests. */
    private boolean open;
    private int tag;
    private ByteBuf question = Unpooled.EMPTY_BUFFER;
    private int asked;
    private byte[] answer;
    private int answered;

    TextExchange(TargetDirectory directory, IscsiSession session) {
        this.directory = directory;
        this.session = session;
    }

    /** One text request with its data, which is taken over; null for none. */
    void request(Bhs bhs, ByteBuf data) {
        try {
            begin(bhs);
            if (answer == null) {
                ask(bhs, data);
            } else if (data != null) {
                throw new MalformedText("a text before the answer to the last one was at its end");
            } else {
                sendPart(bhs);
            }
        } catch (MalformedText e) {
            reset();
            session.refuse(bhs, ReasonCode.PROTOCOL_ERROR, e.getMessage());
        } finally {
            if (data != null) {
                data.release();
            }
        }
    }

    private void begin(Bhs bhs) throws MalformedText {
        if (bhs.targetTransferTag() == Bhs.NO_TAG) {
            // Also drops what an initiator left unfinished (RFC 7143 11.10.4).
            reset();
            open = true;
            tag = bhs.initiatorTaskTag();
        } else if (!open || bhs.targetTransferTag() != TRANSFER_TAG || bhs.initiatorTaskTag() != tag) {
            throw new MalformedText("a text request that goes on with nothing");
        }
    }

    private void ask(Bhs bhs, ByteBuf data) throws MalformedText {
        if (data != null) {
            asked += data.readableBytes();
            if (asked > LONGEST_QUESTION) {
                throw new MalformedText("a text request of more than " + LONGEST_QUESTION + " bytes");
            }
            question = question == Unpooled.EMPTY_BUFFER ? Unpooled.buffer() : question;
            question.writeBytes(data);
        }
        if ((bhs.flags() & Bhs.CONTINUE) != 0) {
            session.responses().text(tag, TRANSFER_TAG, 0, NO_TEXT, 0, 0);
            return;
        }
        Map<String, String> pairs = TextPairs.parse(question);
        question = Unpooled.EMPTY_BUFFER;
        for (String key : pairs.keySet()) {
            if (!seen.add(key)) {
                throw new MalformedText("a key that is negotiated twice");
            }
        }
        answer = TextPairs.bytes(answerTo(pairs));
        answered = 0;
        sendPart(bhs);
    }

    /** F answers F alone (RFC 7143 11.11.1). */
    private void sendPart(Bhs bhs) {
        int to = Math.min(answer.length, answered + session.parameters().initiatorReceives());
        boolean whole = to == answer.length;
        boolean last = whole && bhs.isFinal();
        session.responses().text(tag, last ? Bhs.NO_TAG : TRANSFER_TAG, last ? Bhs.FINAL : whole ? 0 : Bhs.CONTINUE, answer, answered, to);
        answered = to;
        if (last) {
            reset();
        } else if (whole) {
            answer = null;
        }
    }

    private StringBuilder answerTo(Map<String, String> pairs) {
        StringBuilder out = new StringBuilder();
        String which = pairs.remove(OperationalTextKey.SEND_TARGETS.value());
        if (which != null) {
            sendTargets(which, out);
        }
        session.negotiation().answerAll(pairs, TextKey.Stage.FULL_FEATURE, out);
        if (pairs.containsKey(OperationalTextKey.MAX_RECV_DATA_SEGMENT_LENGTH.value())) {
            session.redeclared();
        }
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
        open = false;
        asked = 0;
        seen.clear();
        question = Unpooled.EMPTY_BUFFER;
        answer = null;
    }
}
