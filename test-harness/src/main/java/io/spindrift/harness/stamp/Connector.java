package io.spindrift.harness.stamp;

import io.spindrift.initiator.InitiatorSession;
import io.spindrift.initiator.login.InitiatorSettings;
import io.spindrift.initiator.login.LoginRefusedException;
import io.spindrift.initiator.login.TargetUrl;
import java.io.IOException;
import java.net.ConnectException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Opens sessions, patiently where it was told to be. */
final class Connector {
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private final TargetUrl url;
    private final InitiatorSettings settings;
    private final long patienceMs;

    /** @param patienceMs how long to go on trying; 0: one try */
    Connector(TargetUrl url, InitiatorSettings settings, long patienceMs) {
        this.url = url;
        this.settings = settings;
        this.patienceMs = patienceMs;
    }

    boolean patient() {
        return patienceMs > 0;
    }

    InitiatorSession open() throws IOException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(patienceMs);
        for (;;) {
            try {
                return InitiatorSession.open(url, settings, System::nanoTime);
            } catch (IOException e) {
                if (System.nanoTime() - end >= 0 || e instanceof LoginRefusedException refused && refused.status() >>> 8 == 2 && !notYet(refused)) {
                    throw e instanceof ConnectException ? new IOException("nobody listens at " + url.host() + ':' + url.port(), e) : e;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    /** A target that starts may not know the name yet. */
    private static boolean notYet(LoginRefusedException refused) {
        return refused.status() == 0x0203;
    }
}
