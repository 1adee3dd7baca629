package io.spindrift.wire;

import io.spindrift.image.Batch;
import io.spindrift.image.Image;

/** The messages of the protocol: the number in the frame, and the most bytes that a body may have. The bodies are in the README. */
public enum FrameType {
    HELLO(1, WireFormat.SMALL_BODY),
    CHALLENGE(2, WireFormat.SMALL_BODY),
    PROOF(3, WireFormat.SMALL_BODY),
    WELCOME(4, WireFormat.SMALL_BODY),
    REFUSED(5, WireFormat.SMALL_BODY),
    PING(8, 0),
    PONG(9, 0),

    CREATE(16, WireFormat.SMALL_BODY),
    SHOW(17, WireFormat.SMALL_BODY),
    LIST(18, WireFormat.SMALL_BODY),
    RESIZE(19, WireFormat.SMALL_BODY),
    DELETE(20, WireFormat.SMALL_BODY),
    LOCATE(21, WireFormat.SMALL_BODY),
    ATTACH(22, WireFormat.SMALL_BODY),
    RESUME(23, WireFormat.SMALL_BODY),

    INFO(32, 0),
    EXTENTS(33, WireFormat.SMALL_BODY),
    READ(34, WireFormat.SMALL_BODY),
    APPLY(35, BatchCodec.HEAD_BYTES + Batch.MAX_EXTENTS * BatchCodec.EXTENT_BYTES + Batch.MAX_DATA_BYTES
            + Batch.MAX_DATA_BYTES / Image.BLOCK_BYTES * BatchCodec.CHECKSUM_BYTES),
    CHANGED_SINCE(36, WireFormat.SMALL_BODY),
    WRITE_SIDECAR(37, WireFormat.SMALL_BODY + Image.MAX_SIDECAR_BYTES),
    READ_SIDECAR(38, WireFormat.SMALL_BODY),
    RENEW(39, WireFormat.SMALL_BODY),
    RELEASE(40, 0),
    CLOSE_IMAGE(41, 0),
    VERIFY(42, WireFormat.SMALL_BODY),
    REPAIR(43, WireFormat.MAX_ANSWER),

    ANSWER(64, WireFormat.MAX_ANSWER),
    FAILURE(65, WireFormat.SMALL_BODY),

    FENCED(80, WireFormat.SMALL_BODY),
    RESIZED(81, WireFormat.SMALL_BODY);

    private static final FrameType[] BY_CODE = new FrameType[128];

    static {
        for (FrameType type : values()) {
            BY_CODE[type.code] = type;
        }
    }

    private final int code;
    private final int maxBodyBytes;

    FrameType(int code, int maxBodyBytes) {
        this.code = code;
        this.maxBodyBytes = maxBodyBytes;
    }

    /** The number in the frame. */
    public int code() {
        return code;
    }

    public int maxBodyBytes() {
        return maxBodyBytes;
    }

    /** Whether it may come before the peer is known. */
    boolean isHandshake() {
        return code <= REFUSED.code;
    }

    /** @return null for a number that this version does not know */
    static FrameType ofCode(int code) {
        return code < BY_CODE.length ? BY_CODE[code] : null;
    }
}
