package io.spindrift.config.daemon;

import io.spindrift.config.process.StartException;
import io.spindrift.config.settings.value.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** The admin server starts last; that its address is taken is found first. */
final class AdminPort {
    private AdminPort() {}

    /** @param listen null where there is no admin server */
    static void requireFree(HostPort listen) throws StartException {
        if (listen == null) {
            return;
        }
        InetSocketAddress address = listen.resolve();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException taken) {
            throw new StartException("admin.listen: " + listen + " can't be listened on: "
                    + (address.isUnresolved() ? "no such address" : taken.getMessage()), taken);
        }
    }
}
