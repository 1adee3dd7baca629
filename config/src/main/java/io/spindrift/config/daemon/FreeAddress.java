package io.spindrift.config.daemon;

import io.spindrift.config.process.StartException;
import io.spindrift.config.settings.value.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/** That an address is taken is found before any folder is touched, long before the server that wants it starts. */
final class FreeAddress {
    private FreeAddress() {}

    /** @param key names the setting in the complaint @param listen null where nothing is to listen */
    static void require(String key, HostPort listen) throws StartException {
        if (listen == null) {
            return;
        }
        InetSocketAddress address = listen.resolve();
        try (ServerSocket probe = new ServerSocket()) {
            probe.setReuseAddress(true);
            probe.bind(address);
        } catch (IOException taken) {
            throw new StartException(key + ": " + listen + " can't be listened on: "
                    + (address.isUnresolved() ? "it is no address of this host" : taken.getMessage()), taken);
        }
    }
}
