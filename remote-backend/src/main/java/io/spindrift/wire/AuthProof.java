package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * The mutual challenge and response. Both sides derive a key from the secret (PBKDF2 with HMAC-SHA256, the server's salt and rounds) and
 * prove that they have it by an HMAC-SHA256 over everything that was said before: role, both preambles, HELLO, CHALLENGE. The
 * roles differ, so that neither proof can be played back as the other; both sides put in a nonce, so that none can be used twice. The
 * secret never crosses the wire.
 */
public final class AuthProof {
    public static final int NONCE_BYTES = 32;
    public static final int SALT_BYTES = 16;
    public static final int PROOF_BYTES = 32;

    /** Rounds of the derivation: some milliseconds, for each user when a server starts, and for a client when it meets a server first. */
    public static final int ROUNDS = 4096;

    /** Most rounds that a server may ask for: a client stops its loop for no longer than a second. */
    public static final int MAX_ROUNDS = 100_000;

    private static final byte[] CLIENT = "spindrift wire client".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] SERVER = "spindrift wire server".getBytes(StandardCharsets.US_ASCII);

    private AuthProof() {}

    public static byte[] nonce(RandomGenerator random) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        return nonce;
    }

    /** The salt of a user: the same for as long as the server runs, and made up just so for users that there are not. */
    public static byte[] salt(byte[] serverKey, String user) {
        byte[] whole = hmac(serverKey, user.getBytes(StandardCharsets.UTF_8));
        return java.util.Arrays.copyOf(whole, SALT_BYTES);
    }

    public static byte[] deriveKey(String secret, byte[] salt, int rounds) {
        try {
            PBEKeySpec spec = new PBEKeySpec(secret.toCharArray(), salt, rounds, PROOF_BYTES * Byte.SIZE);
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no PBKDF2WithHmacSHA256", missing);
        }
    }

    public static byte[] ofClient(byte[] key, byte[] transcript) {
        return hmac(key, CLIENT, transcript);
    }

    public static byte[] ofServer(byte[] key, byte[] transcript) {
        return hmac(key, SERVER, transcript);
    }

    /** Compares in a time that does not tell where they differ. */
    public static boolean same(byte[] expected, byte[] shown) {
        return MessageDigest.isEqual(expected, shown);
    }

    /** What both sides have said: preambles and bodies in their order. */
    public static byte[] transcript(Preamble client, Preamble server, ByteBuf hello, ByteBuf challenge) {
        ByteBuf all = io.netty.buffer.Unpooled.buffer();
        client.write(all);
        server.write(all);
        all.writeInt(hello.readableBytes()).writeBytes(hello, hello.readerIndex(), hello.readableBytes());
        all.writeInt(challenge.readableBytes()).writeBytes(challenge, challenge.readerIndex(), challenge.readableBytes());
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private static byte[] hmac(byte[] key, byte[]... parts) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            for (byte[] part : parts) {
                mac.update(part);
            }
            return mac.doFinal();
        } catch (GeneralSecurityException missing) {
            throw new IllegalStateException("this Java has no HmacSHA256", missing);
        }
    }
}
