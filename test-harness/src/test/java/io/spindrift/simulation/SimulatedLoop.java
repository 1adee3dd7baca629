package io.spindrift.simulation;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.Ticker;

/** An event loop that runs when the world says so. Made by a {@link SimulatedProcess}; its thread is the world's. */
final class SimulatedLoop extends ManualIoEventLoop {
    SimulatedLoop(Ticker ticker) {
        super(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
    }

    /** Nanoseconds until the next timer; -1 where there is none. */
    long untilNextTimer() {
        return nextScheduledTaskNano();
    }
}
