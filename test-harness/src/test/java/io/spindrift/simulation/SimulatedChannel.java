package io.spindrift.simulation;

import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalServerChannel;

/**
 * A channel of a process: each time it sends is a step of the process. Its own name can be freed although its loop never runs again. Made and ended through a {@link
 * SimulatedProcess}.
 */
final class SimulatedChannel extends LocalChannel {
    private final SimulatedProcess process;

    SimulatedChannel(SimulatedProcess process) {
        this.process = process;
    }

    /** One that was accepted. */
    SimulatedChannel(SimulatedProcess process, LocalServerChannel parent, LocalChannel peer) {
        super(parent, peer);
        this.process = process;
    }

    @Override
    protected void doWrite(ChannelOutboundBuffer in) throws Exception {
        if (!in.isEmpty()) {
            process.step();
        }
        super.doWrite(in);
    }

    /** The world has ended. */
    void vanish() {
        try {
            doClose();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
