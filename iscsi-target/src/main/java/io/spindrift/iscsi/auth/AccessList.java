package io.spindrift.iscsi.auth;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;

/**
 * Which initiators may come, by their name and by where they come from. Both must be allowed; an empty list allows all.
 *
 * @param initiators names
 * @param addresses what the connection comes from
 */
public record AccessList(List<NamePattern> initiators, List<AddressRange> addresses) {
    /** Everybody. */
    public static final AccessList OPEN = new AccessList(List.of(), List.of());

    public AccessList {
        initiators = List.copyOf(initiators);
        addresses = List.copyOf(addresses);
    }

    /** A peer without an address (inside one process) comes from nowhere that a list could name. */
    public boolean allows(String initiatorName, SocketAddress from) {
        return (initiators.isEmpty() || initiators.stream().anyMatch(pattern -> pattern.matches(initiatorName)))
            && (addresses.isEmpty() || from instanceof InetSocketAddress && allows(((InetSocketAddress) from).getAddress()));
    }

    private boolean allows(InetAddress address) {
        return address != null && addresses.stream().anyMatch(range -> range.contains(address));
    }
}
