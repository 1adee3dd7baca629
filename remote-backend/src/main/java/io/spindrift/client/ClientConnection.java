package io.spindrift.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.wire.AuthProof;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.MessageWriter;
import io.spindrift.wire.Preamble;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireConnection;
import io.spindrift.wire.WireException;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The client's end of one connection: says who it is, checks that the server knows the secret too, then passes messages on. Made by its
 * {@link RemoteLink} for each attempt, on whose loop it lives; ends with the channel.
 */
final class ClientConnection extends WireConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ClientConnection.class);

    /** The link, as its connection sees it. */
    interface Owner {
        void up(ClientConnection connection, long batchBytes);

        void message(FrameType type, long requestId, int image, ByteBuf body) throws WireException;

        /** @param refused whether the server said no: trying again soon will not help */
        void down(ClientConnection connection, String reason, boolean refused);
    }

    private enum State {
        PREAMBLE,
        CHALLENGE,
        WELCOME,
        OPEN,
        CLOSED
    }

    private final RemoteSettings settings;
    private final DerivedKeys keys;
    private final RandomGenerator random;
    private final Owner owner;
    private State state = State.PREAMBLE;
    private Preamble serverPreamble;
    private ByteBuf hello;
    private byte[] transcript;
    private byte[] key;
    private boolean refused;

    ClientConnection(RemoteSettings settings, DerivedKeys keys, RandomGenerator random, Owner owner) {
        super(settings.timing().keepAlive().toMillis(), settings.timing().connectTimeout().toMillis());
        this.settings = settings;
        this.keys = keys;
        this.random = random;
        this.owner = owner;
    }

    MessageWriter frames() {
        return writer();
    }

    @Override
    protected void opened() {
        sendPreamble(Preamble.ours());
    }

    @Override
    protected void preamble(Preamble peer) throws WireException {
        serverPreamble = peer;
        if (peer.chosen() < Preamble.ours().minVersion() || peer.chosen() > Preamble.ours().maxVersion()) {
            refused = true;
            throw new WireException("the server speaks version " + peer.versions() + " of the storage protocol, this host speaks "
                    + Preamble.ours().versions());
        }
        hello = Unpooled.buffer();
        WireCodec.putString(hello, settings.user());
        WireCodec.putBytes(hello, AuthProof.nonce(random));
        writer().write(Lane.URGENT, FrameType.HELLO, 0, 0, hello.retainedDuplicate());
        state(State.CHALLENGE, "version " + peer.chosen());
    }

    /** Whatever listens there, it is no storage server: as good as a refusal, and as worth telling at once. */
    @Override
    protected void foreign() {
        refused = true;
    }

    @Override
    public boolean admit(FrameType type, int bodyBytes) {
        return true;
    }

    @Override
    protected void received(FrameType type, long requestId, int image, ByteBuf body) throws WireException {
        if (state == State.OPEN) {
            owner.message(type, requestId, image, body);
            return;
        }
        try {
            if (type == FrameType.REFUSED) {
                refused = true;
                throw new WireException("the server refused user " + settings.user() + ": " + WireCodec.whole(body, WireCodec::string));
            } else if (state == State.CHALLENGE && type == FrameType.CHALLENGE) {
                challenge(body);
            } else if (state == State.WELCOME && type == FrameType.WELCOME) {
                welcome(body);
            } else {
                throw new WireException(type + " in the middle of the handshake");
            }
        } finally {
            body.release();
        }
    }

    private void challenge(ByteBuf challenge) throws WireException {
        transcript = AuthProof.transcript(Preamble.ours(), serverPreamble, hello, challenge);
        WireCodec.whole(challenge, from -> {
            byte[] salt = WireCodec.bytes(from, AuthProof.SALT_BYTES);
            int rounds = from.readInt();
            from.skipBytes(AuthProof.NONCE_BYTES);
            if (rounds < 1 || rounds > AuthProof.MAX_ROUNDS) {
                throw new WireException("the server asks for " + Integer.toUnsignedString(rounds) + " rounds");
            }
            key = keys.key(salt, rounds);
            return null;
        });
        writer().write(Lane.URGENT, FrameType.PROOF, 0, 0, Unpooled.wrappedBuffer(AuthProof.ofClient(key, transcript)));
        state(State.WELCOME, "challenged");
    }

    private void welcome(ByteBuf welcome) throws WireException {
        byte[] shown = WireCodec.bytes(welcome, AuthProof.PROOF_BYTES);
        long batchBytes = WireCodec.whole(welcome, ByteBuf::readLong);
        if (!AuthProof.same(AuthProof.ofServer(key, transcript), shown)) {
            refused = true;
            throw new WireException("the server does not know the secret of user " + settings.user());
        }
        state(State.OPEN, "the secret is right on both sides");
        peerIsKnown();
        owner.up(this, batchBytes);
    }

    @Override
    protected void closed(String reason) {
        state(State.CLOSED, reason);
        owner.down(this, reason, refused);
    }

    private void state(State next, String reason) {
        LOG.debug("{}: {} -> {}, {}", peerName(), state, next, reason);
        state = next;
    }
}
