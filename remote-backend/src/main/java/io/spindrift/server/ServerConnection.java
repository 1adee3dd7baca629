package io.spindrift.server;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.ImageAddress;
import io.spindrift.wire.AuthProof;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.Preamble;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireConnection;
import io.spindrift.wire.WireException;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The server's end of a connection: who is it, and then on to its {@link ServerSession}. Made by {@link StorageServer} for an accepted
 * channel, on whose loop it lives; ends with the channel.
 *
 * <p>Before the peer is known it may send a preamble, a HELLO and a PROOF, each once and bounded: less than 9 KiB in all.
 */
final class ServerConnection extends WireConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ServerConnection.class);

    private enum State {
        PREAMBLE,
        HELLO,
        PROOF,
        OPEN,
        CLOSED
    }

    private final ServerContext context;
    private State state = State.PREAMBLE;
    private Preamble clientPreamble;
    private Preamble serverPreamble;
    private String user;
    private byte[] transcript;
    private ServerSession session;

    ServerConnection(ServerContext context) {
        super(context.settings().keepAlive().toMillis(), context.settings().handshakeTimeout().toMillis());
        this.context = context;
    }

    @Override
    protected void opened() {
        // the client speaks first
    }

    @Override
    protected void preamble(Preamble peer) {
        clientPreamble = peer;
        serverPreamble = peer.answer();
        sendPreamble(serverPreamble);
        if (serverPreamble.chosen() == 0) {
            String ours = Preamble.ours().versions();
            closeAfterSending("speaks version " + peer.versions() + " of the storage protocol, this server speaks " + ours);
            return;
        }
        state(State.HELLO, "version " + serverPreamble.chosen());
    }

    @Override
    public boolean admit(FrameType type, int bodyBytes) {
        return session == null || session.admit(type, bodyBytes);
    }

    @Override
    protected void received(FrameType type, long requestId, int image, ByteBuf body) throws WireException {
        if (state == State.OPEN) {
            session.received(type, requestId, image, body);
            return;
        }
        try {
            if (state == State.HELLO && type == FrameType.HELLO) {
                hello(body);
            } else if (state == State.PROOF && type == FrameType.PROOF) {
                proof(body);
            } else {
                throw new WireException(type + " in the middle of the handshake");
            }
        } finally {
            body.release();
        }
    }

    private void hello(ByteBuf hello) throws WireException {
        user = WireCodec.whole(hello.slice(), from -> {
            String name = WireCodec.string(from);
            ImageAddress.check("user", name);
            from.skipBytes(AuthProof.NONCE_BYTES);
            return name;
        });
        ByteBuf challenge = channel().alloc().buffer();
        WireCodec.putBytes(challenge, context.users().salt(user));
        challenge.writeInt(AuthProof.ROUNDS);
        WireCodec.putBytes(challenge, context.users().nonce());
        transcript = AuthProof.transcript(clientPreamble, serverPreamble, hello, challenge);
        writer().write(Lane.URGENT, FrameType.CHALLENGE, 0, 0, challenge);
        state(State.PROOF, "user " + user);
    }

    private void proof(ByteBuf body) throws WireException {
        byte[] shown = WireCodec.whole(body, from -> WireCodec.bytes(from, AuthProof.PROOF_BYTES));
        byte[] key = context.users().key(user);
        if (!AuthProof.same(AuthProof.ofClient(key, transcript), shown)) {
            ByteBuf refusal = channel().alloc().buffer();
            WireCodec.putString(refusal, "user or secret not accepted");
            writer().write(Lane.URGENT, FrameType.REFUSED, 0, 0, refusal);
            closeAfterSending("user or secret not accepted, for '" + user + "'");
            return;
        }
        ByteBuf welcome = channel().alloc().buffer();
        WireCodec.putBytes(welcome, AuthProof.ofServer(key, transcript));
        welcome.writeLong(context.settings().limits().batchBytes());
        writer().write(Lane.URGENT, FrameType.WELCOME, 0, 0, welcome);
        session = new ServerSession(context, context.catalogOfUser().apply(user), channel(), writer(), this::admitLater);
        state(State.OPEN, "the secret is right");
        LOG.info("{}: user {} is connected", peerName(), user);
        peerIsKnown();
    }

    /** There was no room in the budget that all connections share: look again soon. */
    private void admitLater() {
        channel().eventLoop().schedule(this::admitAgain, 5, TimeUnit.MILLISECONDS);
    }

    @Override
    protected void closed(String reason) {
        boolean known = state == State.OPEN;
        state(State.CLOSED, reason);
        if (known) {
            session.close();
        }
        context.log().line(channel().eventLoop().ticker(), peerName() + (known ? " (" + user + ")" : ""), reason);
    }

    private void state(State next, String reason) {
        LOG.debug("{}: {} -> {}, {}", peerName(), state, next, reason);
        state = next;
    }
}
