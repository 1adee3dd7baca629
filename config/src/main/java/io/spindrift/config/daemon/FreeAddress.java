package io.spindrift.config.daemon;

import io.spindrift.config.process.StartException;
import io.spindrift.config.settings.value.HostPort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.UnresolvedAddressException;

/**
 * That an address is taken is found before any folder is touched, long before the server that wants it starts. The admin server's is taken at once,
 * so that a command that comes when the disk is ready waits for an answer instead of being refused; a portal that accepted too early would tell
 * initiators that their target is not there.
 */
final class FreeAddress {
    private FreeAddress() {}

    /** @param key names the setting in the complaint */
    static void require(String key, HostPort listen) throws StartException {
        try (ServerSocketChannel probe = bound(key, listen)) {
            assert probe.isOpen();
        } catch (IOException stuck) {
            throw new StartException(key + ": " + listen + ": " + stuck.getMessage(), stuck);
        }
    }

    /** Listens; who connects waits until the channel is accepted from. The caller's to close. */
    static ServerSocketChannel take(String key, HostPort listen) throws StartException {
        try {
            return bound(key, listen);
        } catch (IOException stuck) {
            throw new StartException(key + ": " + listen + ": " + stuck.getMessage(), stuck);
        }
    }

    private static ServerSocketChannel bound(String key, HostPort listen) throws StartException, IOException {
        InetSocketAddress address = listen.resolve();
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            return channel.bind(address);
        } catch (IOException | UnresolvedAddressException taken) {
            channel.close();
            throw new StartException(key + ": " + listen + " can't be listened on: "
                    + (address.isUnresolved() ? "it is no address of this host" : taken.getMessage()), taken);
        }
    }
}
