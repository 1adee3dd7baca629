package io.spindrift.simulation;

import io.netty.channel.local.LocalChannel;

/** A connecting channel whose own name can be freed although its loop never runs again. Made and ended through a {@link SimulatedProcess}. */
final class SimulatedChannel extends LocalChannel {
    /** The world has ended. */
    void vanish() {
        try {
            doClose();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
