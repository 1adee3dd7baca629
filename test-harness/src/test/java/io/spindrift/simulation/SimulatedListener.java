package io.spindrift.simulation;

import io.netty.channel.local.LocalServerChannel;

/** A listening channel whose name is free again at once when its process dies, without its loop. Made and ended by a {@link SimulatedProcess}. */
public final class SimulatedListener extends LocalServerChannel {
    /** Nobody can connect any more. */
    void vanish() {
        try {
            doClose();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
