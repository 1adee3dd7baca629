package io.spindrift.harness.proxy;

import java.nio.ByteBuffer;

/** Sees the bytes of one direction of one connection as they enter the link; may move the buffer's position, not its bytes. */
@FunctionalInterface
interface ByteTap {
    void passed(ByteBuffer bytes);
}
