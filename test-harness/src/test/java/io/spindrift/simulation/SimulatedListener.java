package io.spindrift.simulation;

import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;

/** A listening channel whose name is free again at once when its process dies, without its loop. Made and ended by a {@link SimulatedProcess}. */
final class SimulatedListener extends LocalServerChannel {
    private final SimulatedProcess process;

    SimulatedListener(SimulatedProcess process) {
        this.process = process;
    }

    @Override
    protected LocalChannel newLocalChannel(LocalChannel peer) {
        return new SimulatedChannel(process, this, peer);
    }

    /** Nobody can connect any more. */
    void vanish() {
        try {
            doClose();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
