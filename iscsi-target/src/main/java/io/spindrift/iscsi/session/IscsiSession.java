package io.spindrift.iscsi.session;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.spindrift.iscsi.negotiation.Negotiation;
import io.spindrift.iscsi.negotiation.SessionParameters;
import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.FormatRules;
import io.spindrift.iscsi.pdu.PduReader;
import io.spindrift.iscsi.pdu.PduSink;
import io.spindrift.iscsi.pdu.Vocabulary;
import io.spindrift.scsi.Nexus;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jscsi.parser.OperationCode;
import org.jscsi.parser.logout.LogoutRequestParser.LogoutReasonCode;
import org.jscsi.parser.logout.LogoutResponse;
import org.jscsi.parser.reject.RejectParser.ReasonCode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session in its full feature phase, with its one connection (MaxConnections is 1). Made by the login phase on the home loop
 * of its target, where it lives; it ends with a logout, with its connection, or by {@link #end}.
 */
public final class IscsiSession implements PduSink {
    private enum State {
        OPEN,
        /** A logout waits for the commands in flight. */
        LOGGING_OUT,
        /** The connection is closed, commands are being taken back. */
        ENDING,
        ENDED
    }

    private static final int SCSI_COMMAND = OperationCode.SCSI_COMMAND.value();
    private static final int SCSI_DATA_OUT = OperationCode.SCSI_DATA_OUT.value();
    /** Requests that have a CmdSN and are acted on in its order. */
    private static final Set<OperationCode> ONE_PDU_REQUESTS = EnumSet.of(OperationCode.NOP_OUT, OperationCode.SCSI_TM_REQUEST,
        OperationCode.TEXT_REQUEST, OperationCode.LOGOUT_REQUEST);
    /** Time that a peer has to take the answers that were queued before its session ended. */
    private static final int LAST_WORDS_MS = 15_000;
    private static final Logger LOG = LoggerFactory.getLogger(IscsiSession.class);

    private final SessionPeer peer;
    private SessionParameters parameters;
    private final SessionWiring wiring;
    private final CommandWindow window;
    private final Responses responses;
    private final CommandFlow commands;
    private final TaskManagement management;
    private final TextExchange text;
    private final KeepAlive keepAlive;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Runnable flushTask = this::flushNow;
    private State state = State.OPEN;
    private boolean reading;
    private boolean flushScheduled;
    private Future<?> logoutDeadline;

    /** @param firstCmdSn the CmdSN of the first command, as the login named it; {@code statSn} the next StatSN */
    public IscsiSession(SessionPeer peer, SessionWiring wiring, int firstCmdSn, int statSn) {
        this.peer = peer;
        this.wiring = wiring;
        SessionWiring.Limits limits = wiring.limits();
        this.parameters = wiring.parameters();
        this.window = new CommandWindow(limits.queueDepth(), firstCmdSn);
        this.responses = new Responses(wiring.out(), window, parameters, statSn);
        this.commands = new CommandFlow(this, window, responses, limits);
        this.management = new TaskManagement(this, commands, window, responses);
        this.text = new TextExchange(wiring.shared().directory(), this);
        this.keepAlive = new KeepAlive(this, limits);
    }

    /** Begins: the last login response was written. */
    public void open() {
        wiring.out().digests(parameters.headerDigest(), parameters.dataDigest());
        wiring.reader().digests(parameters.headerDigest(), parameters.dataDigest());
        if (peer.target() != null) {
            peer.target().joined(this);
        }
        keepAlive.start();
        LOG.info("{}: {} session of {} with {}", channel().remoteAddress(), peer.target() == null ? "discovery" : "normal",
            peer.initiatorName(), peer.target() == null ? "no target" : peer.target().name());
    }

    /** Done when no command of the session is left anywhere. */
    public CompletableFuture<Void> ended() {
        return ended;
    }

    /** Whether what is sent can still arrive. */
    boolean live() {
        return state == State.OPEN || state == State.LOGGING_OUT;
    }

    public SessionPeer peer() {
        return peer;
    }

    public SessionParameters parameters() {
        return parameters;
    }

    /** The initiator declared a key anew that it may declare at any time (RFC 7143 13.12). */
    void redeclared() {
        parameters = wiring.negotiation().parameters(parameters.targetReceives());
        responses.initiatorReceives(parameters.initiatorReceives());
    }

    /** Commands that ended; bytes in; bytes out. Any thread, may be a moment old. */
    public long commandsDone() {
        return commands.done();
    }

    public long bytesRead() {
        return responses.bytesSent();
    }

    public long bytesWritten() {
        return commands.bytesWritten();
    }

    public int inFlight() {
        return window.inFlight();
    }

    public Channel channel() {
        return wiring.out().channel();
    }

    Nexus nexus() {
        return peer.nexus();
    }

    TargetNode target() {
        return peer.target();
    }

    /** The target's name; null in a discovery session. */
    String targetName() {
        return peer.target() == null ? null : peer.target().name();
    }

    Negotiation negotiation() {
        return wiring.negotiation();
    }

    Responses responses() {
        return responses;
    }

    CommandFlow commands() {
        return commands;
    }

    SessionWiring.Shared shared() {
        return wiring.shared();
    }

    @Override
    public int longestData() {
        return parameters.targetReceives();
    }

    @Override
    public void header(Bhs bhs, PduReader reader) {
        reading = true;
        keepAlive.heard();
        if (state != State.OPEN) {
            return;
        }
        String wrong = FormatRules.violation(bhs);
        if (wrong != null) {
            formatError(bhs, wrong);
            return;
        }
        int opcode = bhs.opcode();
        if (opcode == SCSI_COMMAND) {
            if (peer.target() != null) {
                commands.commandHeader(bhs, reader);
            }
        } else if (opcode == SCSI_DATA_OUT) {
            commands.dataOutHeader(bhs, reader);
        } else if (bhs.dataLength() > 0) {
            reader.collect();
        }
    }

    @Override
    public void payload(Bhs bhs, ByteBuf data) {
        if (state != State.OPEN) {
            release(data);
            return;
        }
        OperationCode operation = Vocabulary.operation(bhs.opcode());
        if (operation == null) {
            release(data);
            refuse(bhs, ReasonCode.COMMAND_NOT_SUPPORTED, "an opcode that is not known");
            return;
        }
        switch (operation) {
            case SCSI_COMMAND:
                if (peer.target() == null) {
                    release(data);
                    refuse(bhs, ReasonCode.PROTOCOL_ERROR, "a SCSI command in a discovery session");
                } else {
                    commands.commandPayload(data);
                }
                break;
            case SCSI_DATA_OUT:
                commands.dataOutPayload(bhs);
                break;
            case NOP_OUT:
            case SCSI_TM_REQUEST:
            case TEXT_REQUEST:
            case LOGOUT_REQUEST:
                inTurn(bhs, data);
                break;
            case SNACK_REQUEST:
                release(data);
                refuse(bhs, ReasonCode.SNACK_REJECT, "a SNACK, though the error recovery level is 0");
                break;
            default:
                release(data);
                refuse(bhs, ReasonCode.PROTOCOL_ERROR, "a PDU that has no place in a session");
                break;
        }
    }

    /** Acts on a PDU that is not a SCSI command when its CmdSN says so. */
    private void inTurn(Bhs bhs, ByteBuf data) {
        if (bhs.immediate()) {
            act(bhs, data);
            return;
        }
        switch (window.arrive(bhs.cmdSn())) {
            case NOW:
                window.advance();
                act(bhs, data);
                drain();
                break;
            case LATER:
                holdEarly(bhs, data);
                break;
            default:
                release(data);
                break;
        }
    }

    /** Data of requests ahead of their turn is what nobody asked for; where there is no room for it, the request is as if it had not come. */
    private void holdEarly(Bhs bhs, ByteBuf data) {
        if (data != null && !wiring.shared().unsolicited().take(data.readableBytes())) {
            release(data);
            refuse(bhs, ReasonCode.LONG_OPERATION_REJECT, "a request ahead of its turn with data that there is no room for");
        } else {
            window.hold(bhs.cmdSn(), new EarlyPdu(bhs.copy(), data));
        }
    }

    /** Those whose turn has come. */
    void drain() {
        Object next = window.next();
        while (next != null) {
            if (next instanceof IscsiTask) {
                commands.turn((IscsiTask) next);
            } else if (next instanceof EarlyPdu) {
                EarlyPdu early = (EarlyPdu) next;
                giveBack(early);
                act(early.bhs, early.data);
            }
            next = window.next();
        }
        management.advanced();
    }

    private void act(Bhs bhs, ByteBuf data) {
        switch (Vocabulary.operation(bhs.opcode())) {
            case NOP_OUT:
                if (bhs.initiatorTaskTag() == Bhs.NO_TAG) {
                    release(data);
                } else {
                    responses.pong(bhs, data);
                }
                break;
            case SCSI_TM_REQUEST:
                release(data);
                management.request(bhs);
                break;
            case TEXT_REQUEST:
                text.request(bhs, data);
                break;
            default:
                release(data);
                logout(bhs);
                break;
        }
        flushSoon();
    }

    private void logout(Bhs bhs) {
        int tag = bhs.initiatorTaskTag();
        LogoutReasonCode reason = Vocabulary.logoutReason(bhs.flags());
        if (reason == null) {
            refuse(bhs, ReasonCode.INVALID_PDU_FIELD, "a logout for a reason that is not known");
        } else if (reason == LogoutReasonCode.CONNECTION_RECOVERY) {
            responses.logout(tag, LogoutResponse.CONNECTION_RECOVERY_NOT_SUPPORTED);
        } else if (reason == LogoutReasonCode.CLOSE_CONNECTION && bhs.shortAt(20) != peer.connectionId()) {
            responses.logout(tag, LogoutResponse.CID_NOT_FOUND);
        } else {
            state(State.LOGGING_OUT, "logout");
            Abortion wait = new Abortion(() -> {
                if (state == State.LOGGING_OUT) {
                    responses.logout(tag, LogoutResponse.CONNECTION_CLOSED_SUCCESSFULLY);
                    end("logged out", true);
                }
            });
            commands.abort(task -> true, wait);
            wait.ended();
        }
    }

    void ping() {
        responses.ping(1);
        flushSoon();
    }

    /** Asks the initiator to log out, and drops the session where it has not done so after {@code waitMs}. On the session's loop. */
    public CompletableFuture<Void> askForLogout(int waitMs, String reason) {
        if (state == State.OPEN && logoutDeadline == null) {
            responses.askForLogout((int) Math.min((waitMs + 999L) / 1000, 0xffff));
            flushSoon();
            logoutDeadline = channel().eventLoop().schedule(() -> drop(reason), waitMs, TimeUnit.MILLISECONDS);
        }
        return ended;
    }

    /** Tells an initiator that agreed on FastAbort that others have terminated commands of its; others find out by their unit attentions. */
    void tellTerminated(Set<Long> units) {
        if (live() && management.fastAbort()) {
            units.forEach(responses::commandsTerminated);
        }
    }

    /** Tells the initiator that the session is over, and ends it. On the session's loop. */
    CompletableFuture<Void> drop(String reason) {
        if (live()) {
            responses.sessionDropped();
        }
        return end(reason, true);
    }

    /** The peer does not speak; should it listen, it hears why its connection goes. */
    void dropSilent(String reason) {
        responses.connectionDropped(peer.connectionId());
        end(reason);
    }

    /**
     * Answers with Reject, and tells the log. A request that was rejected was not received: its CmdSN is still to come (RFC 7143
     * 7.3).
     */
    void refuse(Bhs bhs, ReasonCode reason, String what) {
        if (!live()) {
            return;
        }
        wiring.shared().log().say(channel().remoteAddress(), "rejected " + what);
        OperationCode operation = Vocabulary.operation(bhs.opcode());
        if (!bhs.immediate() && ONE_PDU_REQUESTS.contains(operation) && bhs.cmdSn() + 1 == window.expCmdSn()) {
            window.retract();
        }
        responses.reject(bhs, reason);
        flushSoon();
    }

    /** A header that says what no header may: the connection cannot be trusted any more (RFC 7143 7.7). */
    private void formatError(Bhs bhs, String what) {
        wiring.shared().log().say(channel().remoteAddress(), "closed for " + what);
        responses.reject(bhs, ReasonCode.INVALID_PDU_FIELD);
        end("format error: " + what, true);
    }

    @Override
    public void malformed(Bhs bhs, Malformation why) {
        wiring.shared().log().say(channel().remoteAddress(), "closed for a PDU that cannot be taken: " + why + ", opcode " + bhs.opcode()
            + ", data segment " + bhs.dataLength() + " bytes");
        if (why != Malformation.HEADER_DIGEST) {
            responses.reject(bhs, why == Malformation.DATA_DIGEST ? ReasonCode.DATA_DIGEST_ERROR : ReasonCode.PROTOCOL_ERROR);
        }
        end("a PDU that cannot be taken", true);
    }

    @Override
    public void readComplete() {
        reading = false;
        wiring.out().flush();
    }

    /** Sends what was written: at the end of this read, or of this turn of the loop. */
    void flushSoon() {
        if (!reading && !flushScheduled) {
            flushScheduled = true;
            channel().eventLoop().execute(flushTask);
        }
    }

    private void flushNow() {
        flushScheduled = false;
        wiring.out().flush();
    }

    /** An initiator that does not read its answers is not read either, until it does. */
    @Override
    public void writabilityChanged(boolean writable) {
        channel().config().setAutoRead(writable);
    }

    @Override
    public void closed() {
        end("connection closed");
    }

    /**
     * Closes the connection and takes back every command. On the session's loop.
     *
     * @return done when no command of the session is left anywhere
     */
    public CompletableFuture<Void> end(String reason) {
        return end(reason, false);
    }

    /** @param answered whether the last answers, behind which there is nothing more, are still to reach a peer that reads slowly */
    private CompletableFuture<Void> end(String reason, boolean answered) {
        if (state == State.ENDING || state == State.ENDED) {
            return ended;
        }
        state(State.ENDING, reason);
        keepAlive.stop();
        if (logoutDeadline != null) {
            logoutDeadline.cancel(false);
        }
        wiring.reader().end();
        if (answered) {
            wiring.out().closeWhenSent(LAST_WORDS_MS);
        } else {
            wiring.out().flush();
            channel().close();
        }
        Abortion wait = new Abortion(this::over);
        commands.abort(task -> true, wait);
        wait.ended();
        return ended;
    }

    private void over() {
        state(State.ENDED, "no command is left");
        releaseEarly();
        wiring.out().close();
        if (peer.target() != null) {
            peer.target().left(this);
        }
        ended.complete(null);
    }

    private void releaseEarly() {
        window.drop(held -> {
            if (held instanceof EarlyPdu) {
                giveBack((EarlyPdu) held);
                release(((EarlyPdu) held).data);
            }
        });
    }

    private void giveBack(EarlyPdu early) {
        if (early.data != null) {
            wiring.shared().unsolicited().give(early.data.readableBytes());
        }
    }

    private void state(State next, String reason) {
        LOG.debug("{}: session of {} {} -> {}: {}", channel().remoteAddress(), peer.initiatorName(), state, next, reason);
        if (next == State.ENDING) {
            LOG.info("{}: session of {} ended: {}", channel().remoteAddress(), peer.initiatorName(), reason);
        }
        state = next;
    }

    private static void release(ByteBuf data) {
        if (data != null) {
            data.release();
        }
    }

    /** A PDU that came ahead of its turn. */
    private static final class EarlyPdu {
        private final Bhs bhs;
        private final ByteBuf data;

        EarlyPdu(Bhs bhs, ByteBuf data) {
            this.bhs = bhs;
            this.data = data;
        }
    }
}
