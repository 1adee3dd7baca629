package io.spindrift.client;

import io.spindrift.image.ImageAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Where a catalog's storage servers are, and who asks.
 *
 * @param servers tried in turn, from the first
 */
public record RemoteSettings(List<SocketAddress> servers, String user, String secret, RemoteTiming timing) {
    public RemoteSettings {
        servers = List.copyOf(servers);
        if (servers.isEmpty()) {
            throw new IllegalArgumentException("at least one storage server is needed");
        }
        ImageAddress.check("user", user);
        if (secret == null || secret.isEmpty()) {
            throw new IllegalArgumentException("user " + user + " needs a secret");
        }
    }

    public static RemoteSettings of(List<SocketAddress> servers, String user, String secret) {
        return new RemoteSettings(servers, user, secret, RemoteTiming.defaults());
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "RemoteSettings[" + user + " at " + servers + ", " + timing + "]";
    }
}
