package io.spindrift.iscsi;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.spindrift.iscsi.auth.LoginRefusal;
import io.spindrift.iscsi.auth.SecurityStage;
import io.spindrift.iscsi.auth.TargetAccess;
import io.spindrift.iscsi.negotiation.Negotiation;
import io.spindrift.iscsi.negotiation.TextKey;
import io.spindrift.iscsi.negotiation.TextPairs;
import io.spindrift.iscsi.negotiation.TextPairs.MalformedText;
import io.spindrift.iscsi.pdu.Bhs;
import io.spindrift.iscsi.pdu.PduReader;
import io.spindrift.iscsi.pdu.PduSink;
import io.spindrift.iscsi.pdu.PduWriter;
import io.spindrift.iscsi.pdu.Vocabulary;
import io.spindrift.iscsi.session.IscsiSession;
import io.spindrift.iscsi.session.SessionPeer;
import io.spindrift.iscsi.session.SessionWiring;
import io.spindrift.iscsi.session.TargetNode;
import io.spindrift.scsi.Nexus;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jscsi.parser.OperationCode;
import org.jscsi.parser.datasegment.OperationalTextKey;
import org.jscsi.parser.login.LoginStage;
import org.jscsi.parser.login.LoginStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection that logs in (RFC 7143 6.3 and 11.12). Made by the server for each accepted connection, on a login loop; it
 * ends by making the session, on the home loop of its target, or by closing the connection. A peer that has not logged in
 * has a bounded time, and a bounded number of bytes.
 */
final class LoginPhase implements PduSink {
    private enum State { SECURITY, OPERATIONAL, MOVING, DONE, FAILED }

    private static final Logger LOG = LoggerFactory.getLogger(LoginPhase.class);
    private static final int LONGEST_SEGMENT = 8192;
    private static final int MOST_BYTES = 64 * 1024;
    private static final int TRANSIT = 0x80;
    /** Time that a peer has to take the last answer. */
    private static final int LAST_WORDS_MS = 5_000;
    private static final byte[] NO_TEXT = {};

    private final LoginContext context;
    private final PduReader reader;
    private PduWriter out;
    private Future<?> deadline;
    private final Set<String> seen = new HashSet<>();
    private ByteBuf text = Unpooled.EMPTY_BUFFER;
    private State state = State.SECURITY;
    private boolean begun;
    private boolean identified;
    private boolean declared;
    private long isid;
    private int tsih;
    private int connectionId;
    private int tag;
    private int cmdSn;
    private int statSn;
    private String initiatorName;
    private TargetNode target;
    private SecurityStage security;
    private Negotiation negotiation;
    /** The text of an answer that goes in parts, and how much of it is said. */
    private byte[] answer;
    private int answered;

    LoginPhase(LoginContext context) {
        this.context = context;
        this.reader = new PduReader(this);
    }

    PduReader reader() {
        return reader;
    }

    /** Begins, when the reader is in its pipeline. */
    void start(PduWriter writer) {
        out = writer;
        int timeout = context.settings().loginTimeoutMs();
        deadline = channel().eventLoop().schedule(() -> {
            context.log().say(channel().remoteAddress(), "closed: not logged in after " + timeout + " ms");
            channel().close();
        }, timeout, TimeUnit.MILLISECONDS);
    }

    @Override
    public int longestData() {
        return LONGEST_SEGMENT;
    }

    @Override
    public void header(Bhs bhs, PduReader from) {
        if (bhs.dataLength() > 0 && bhs.opcode() == OperationCode.LOGIN_REQUEST.value()) {
            from.collect();
        }
    }

    @Override
    public void payload(Bhs bhs, ByteBuf data) {
        try {
            if (state == State.SECURITY || state == State.OPERATIONAL) {
                request(bhs, data);
            }
        } catch (MalformedText e) {
            fail(LoginStatus.INITIATOR_ERROR, e.getMessage());
        } catch (LoginRefusal e) {
            fail(e.status(), e.getMessage());
        } finally {
            if (data != null) {
                data.release();
            }
        }
    }

    private void request(Bhs bhs, ByteBuf data) throws MalformedText, LoginRefusal {
        if (bhs.opcode() != OperationCode.LOGIN_REQUEST.value()) {
            if (begun) {
                fail(LoginStatus.INVALID_DURING_LOGIN, "opcode " + bhs.opcode() + " during login");
            } else {
                state(State.FAILED, "no login request");
                context.log().say(channel().remoteAddress(), "closed: the first PDU is no login request");
                channel().close();
            }
            return;
        }
        if (!begun) {
            begin(bhs);
        }
        if (state == State.FAILED || !sane(bhs)) {
            return;
        }
        if (answer != null) {
            goOn(bhs, data);
            return;
        }
        if (data != null) {
            text = text == Unpooled.EMPTY_BUFFER ? Unpooled.buffer(data.readableBytes(), MOST_BYTES) : text;
            text.writeBytes(data);
        }
        if ((bhs.flags() & Bhs.CONTINUE) != 0) {
            respond(0, NO_TEXT);
            return;
        }
        Map<String, String> pairs = TextPairs.parse(text);
        text = Unpooled.EMPTY_BUFFER;
        answer(bhs, pairs);
    }

    private void begin(Bhs bhs) {
        begun = true;
        isid = bhs.lun() >>> 16;
        tsih = bhs.shortAt(14);
        tag = bhs.initiatorTaskTag();
        connectionId = bhs.shortAt(20);
        cmdSn = bhs.cmdSn();
        statSn = bhs.intAt(28);
        LoginStage stage = Vocabulary.stage(bhs.flags() >> 2);
        state = stage == LoginStage.LOGIN_OPERATIONAL_NEGOTIATION ? State.OPERATIONAL : State.SECURITY;
        if (bhs.byteAt(3) > 0) {
            fail(LoginStatus.UNSUPPORTED_VERSION, "protocol versions from " + bhs.byteAt(3) + " up");
        } else if (tsih != 0) {
            boolean known = context.registry().hasSession(tsih);
            fail(known ? LoginStatus.TOO_MANY_CONNECTIONS : LoginStatus.SESSION_DOSE_NOT_EXIST, "a connection for session " + tsih);
        }
    }

    /** Whether a request fits the state of the login. */
    private boolean sane(Bhs bhs) {
        int flags = bhs.flags();
        LoginStage current = Vocabulary.stage(flags >> 2);
        boolean transit = (flags & TRANSIT) != 0;
        String what = null;
        if (reader.bytesReceived() > MOST_BYTES) {
            what = "more than " + MOST_BYTES + " bytes of login";
        } else if (transit && (flags & Bhs.CONTINUE) != 0) {
            what = "a login request with both T and C set";
        } else if (current != stage()) {
            what = "a login request for another stage";
        } else if (transit && ((flags & 3) <= current.value() || Vocabulary.stage(flags) == null)) {
            what = "a transition to stage " + (flags & 3) + " from " + current.value();
        } else if (bhs.ahsLength() > 0) {
            what = "a login request with additional header segments";
        } else if (bhs.initiatorTaskTag() != tag || bhs.shortAt(14) != 0 || bhs.lun() >>> 16 != isid || bhs.shortAt(20) != connectionId) {
            what = "a login request of another login";
        }
        if (what != null) {
            fail(LoginStatus.INITIATOR_ERROR, what);
        }
        return what == null;
    }

    private void answer(Bhs bhs, Map<String, String> pairs) throws MalformedText, LoginRefusal {
        StringBuilder reply = new StringBuilder();
        for (String key : pairs.keySet()) {
            if (!seen.add(key)) {
                throw new MalformedText("a key that is negotiated twice");
            }
        }
        if (!identified) {
            identify(pairs, reply);
            if (state == State.FAILED) {
                return;
            }
        }
        if (state == State.SECURITY) {
            security.step(pairs, (bhs.flags() & TRANSIT) != 0, reply);
        }
        negotiate(pairs, reply);
        answer = TextPairs.bytes(reply);
        answered = 0;
        sendPart(bhs);
    }

    /** The initiator asks for the rest of an answer, with nothing of its own to say (RFC 7143 11.12.3). */
    private void goOn(Bhs bhs, ByteBuf data) throws MalformedText {
        if (data != null) {
            throw new MalformedText("a text before the answer to the last one was at its end");
        }
        sendPart(bhs);
    }

    private void sendPart(Bhs bhs) {
        int to = Math.min(answer.length, answered + LONGEST_SEGMENT);
        byte[] part = Arrays.copyOfRange(answer, answered, to);
        answered = to;
        if (to < answer.length) {
            respond(Bhs.CONTINUE, part);
            return;
        }
        answer = null;
        boolean transit = (bhs.flags() & TRANSIT) != 0 && (state != State.SECURITY || security.done());
        if (transit && (bhs.flags() & 3) == LoginStage.FULL_FEATURE_PHASE.value()) {
            moveHome(part);
        } else {
            respond(transit ? TRANSIT | LoginStage.LOGIN_OPERATIONAL_NEGOTIATION.value() : 0, part);
            if (transit) {
                state(State.OPERATIONAL, "the initiator goes on");
            }
        }
    }

    /** Who comes, and for what (RFC 7143 6.3.1). */
    private void identify(Map<String, String> pairs, StringBuilder reply) throws LoginRefusal {
        initiatorName = InitiatorName.checked(pairs.get(OperationalTextKey.INITIATOR_NAME.value()));
        String type = pairs.getOrDefault(OperationalTextKey.SESSION_TYPE.value(), "Normal");
        if (type.equals("Normal")) {
            String name = pairs.get(OperationalTextKey.TARGET_NAME.value());
            IscsiRedirect elsewhere = name == null ? null : context.registry().redirect(name);
            target = elsewhere == null ? wanted(name) : context.registry().find(name);
            if (elsewhere != null) {
                requireAllowed(target == null ? TargetAccess.OPEN : target.access());
                redirect(elsewhere);
                return;
            }
        } else if (!type.equals("Discovery")) {
            throw new LoginRefusal(LoginStatus.SESSION_TYPE_NOT_SUPPORTED, "a session type that is not known");
        }
        TargetAccess access = target == null ? context.discovery() : target.access();
        requireAllowed(access);
        security = new SecurityStage(access, context.random());
        negotiation = new Negotiation(context.wishes(), target == null);
        if (state == State.OPERATIONAL) {
            security.skipped();
        }
        if (target != null) {
            describeTarget(reply);
        }
        identified = true;
    }

    private void requireAllowed(TargetAccess access) throws LoginRefusal {
        if (!access.list().allows(initiatorName, channel().remoteAddress())) {
            throw new LoginRefusal(LoginStatus.AUTHORIZATION_FAILURE, initiatorName + " is not in the access list of "
                + (target == null ? "discovery" : target.name()));
        }
    }

    private TargetNode wanted(String name) throws LoginRefusal {
        if (name == null) {
            throw new LoginRefusal(LoginStatus.MISSING_PARAMETER, "no TargetName");
        }
        TargetNode found = context.registry().find(name);
        if (found == null) {
            throw new LoginRefusal(LoginStatus.NOT_FOUND, "a target that is not here");
        }
        return found;
    }

    private void describeTarget(StringBuilder reply) {
        if (!target.alias().isEmpty()) {
            TextPairs.append(reply, OperationalTextKey.TARGET_ALIAS.value(), target.alias());
        }
        TextPairs.append(reply, OperationalTextKey.TARGET_PORTAL_GROUP_TAG.value(), Integer.toString(portalGroup()));
    }

    private void negotiate(Map<String, String> pairs, StringBuilder reply) {
        TextKey.Stage stage = state == State.SECURITY ? TextKey.Stage.SECURITY : TextKey.Stage.OPERATIONAL;
        negotiation.answerAll(pairs, stage, reply);
        if (stage == TextKey.Stage.OPERATIONAL && !declared) {
            declared = true;
            TextPairs.append(reply, OperationalTextKey.MAX_RECV_DATA_SEGMENT_LENGTH.value(),
                Integer.toString(context.settings().maxRecvDataSegmentLength()));
        }
    }

    /** Nothing is in flight now: the initiator waits for this answer. */
    private void moveHome(byte[] reply) {
        LoginStage from = stage();
        state(State.MOVING, "logged in");
        reader.pause();
        if (target == null || target.home() == channel().eventLoop()) {
            arrive(from, reply);
            return;
        }
        channel().config().setAutoRead(false);
        // After this turn, when the transport is out of its read loop.
        channel().eventLoop().execute(() -> channel().deregister().addListener(left -> register(target.home(), from, reply)));
    }

    private void register(EventLoop home, LoginStage from, byte[] reply) {
        home.register(channel()).addListener(arrived -> {
            if (arrived.isSuccess()) {
                home.execute(() -> arrive(from, reply));
            } else {
                LOG.warn("{}: closed: its connection cannot live on the loop of {}: {}", channel().remoteAddress(), target.name(),
                    String.valueOf(arrived.cause()));
                channel().unsafe().closeForcibly();
            }
        });
    }

    /** On the home loop. */
    private void arrive(LoginStage from, byte[] reply) {
        if (target == null) {
            establish(from, reply, null);
            return;
        }
        Nexus nexus = target.nexus(initiatorName, isid, portalGroup());
        target.makeWay(nexus).thenAccept(free -> {
            if (state != State.MOVING) {
                return;
            }
            if (free) {
                establish(from, reply, nexus);
            } else {
                fail(LoginStatus.TARGET_REMOVED, "a target that is being removed");
            }
        });
    }

    private void establish(LoginStage from, byte[] reply, Nexus nexus) {
        int handle = context.registry().freeHandle();
        if (handle == 0) {
            fail(LoginStatus.OUT_OF_RESOURCES, "no session handle is free");
            return;
        }
        deadline.cancel(false);
        state(State.DONE, "full feature phase");
        if (security.user() != null) {
            LOG.info("{}: {} proved to be CHAP user {}", channel().remoteAddress(), initiatorName, security.user());
        }
        tsih = handle;
        write(TRANSIT | from.value() << 2 | LoginStage.FULL_FEATURE_PHASE.value(), LoginStatus.SUCCESS, reply);
        SessionPeer peer = new SessionPeer(initiatorName, target, nexus, connectionId, handle);
        SessionWiring wiring = new SessionWiring(reader, out, negotiation,
            negotiation.parameters(context.settings().maxRecvDataSegmentLength()), context.limits(), context.shared());
        IscsiSession session = new IscsiSession(peer, wiring, cmdSn, statSn);
        reader.sink(session);
        context.registry().joined(session);
        session.open();
        // Only now: who has the answer may count on the session being there.
        out.flush();
        channel().config().setAutoRead(true);
        reader.resume();
    }

    private void respond(int transit, byte[] reply) {
        write(transit | stage().value() << 2, LoginStatus.SUCCESS, reply);
    }

    private void fail(LoginStatus status, String what) {
        context.log().say(channel().remoteAddress(), "login refused: " + what);
        lastAnswer(status, what, NO_TEXT);
    }

    /** RFC 7143 13.8: the address stands without a portal group tag here. */
    private void redirect(IscsiRedirect elsewhere) {
        StringBuilder reply = new StringBuilder();
        TextPairs.append(reply, OperationalTextKey.TARGET_ADDRESS.value(), elsewhere.address());
        lastAnswer(elsewhere.permanent() ? LoginStatus.TARGET_MOVED : LoginStatus.TARGET_MOVED_TEMPORARILY,
            "redirected to " + elsewhere.address(), TextPairs.bytes(reply));
    }

    private void lastAnswer(LoginStatus status, String reason, byte[] reply) {
        int stage = stage().value() << 2;
        state(State.FAILED, reason);
        write(stage, status, reply);
        reader.end();
        out.closeWhenSent(LAST_WORDS_MS);
    }

    private void write(int flags, LoginStatus status, byte[] reply) {
        out.begin(OperationCode.LOGIN_RESPONSE.value(), flags)
            .putLong(8, isid << 16 | tsih).putInt(16, tag)
            .putInt(28, cmdSn).putInt(32, cmdSn + context.settings().queueDepth() - 1)
            .putShort(36, status.value());
        if (status == LoginStatus.SUCCESS) {
            out.putInt(24, statSn++);
        }
        out.end(reply);
    }

    /** Of the portal that the connection came to. */
    private int portalGroup() {
        return channel().attr(IscsiPortal.GROUP).get();
    }

    private LoginStage stage() {
        return state == State.SECURITY ? LoginStage.SECURITY_NEGOTIATION : LoginStage.LOGIN_OPERATIONAL_NEGOTIATION;
    }

    @Override
    public void malformed(Bhs bhs, Malformation why) {
        context.log().say(channel().remoteAddress(), "closed for a PDU that cannot be taken during login: opcode " + bhs.opcode()
            + ", data segment " + bhs.dataLength() + " bytes");
        state(State.FAILED, "a PDU that cannot be taken");
        channel().close();
    }

    @Override
    public void readComplete() {
        if (state != State.DONE) {
            out.flush();
        }
    }

    @Override
    public void writabilityChanged(boolean writable) {
        channel().config().setAutoRead(writable && state != State.MOVING);
    }

    @Override
    public void closed() {
        if (state != State.FAILED) {
            state(State.FAILED, "connection closed");
        }
        deadline.cancel(false);
        out.close();
    }

    private void state(State next, String reason) {
        LOG.debug("{}: login {} -> {}: {}", channel().remoteAddress(), state, next, reason);
        state = next;
    }

    private Channel channel() {
        return out.channel();
    }
}
