package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PortalAddressesTest {
    private static SocketAddress address(String host, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByName(host), port);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** What a peer is told that came to {@code host} at port 1, in group 9, of portals {@code HOST PORT GROUP}. */
    private static List<String> told(String host, String... portals) {
        EmbeddedChannel peer = new EmbeddedChannel() {
            @Override
            protected SocketAddress localAddress0() {
                return address(host, 1);
            }
        };
        peer.attr(IscsiPortal.GROUP).set(9);
        List<IscsiPortal> open = Stream.of(portals).map(portal -> portal.split(" "))
            .map(part -> new IscsiPortal(address(part[0], Integer.parseInt(part[1])), Integer.parseInt(part[2]))).toList();
        return List.copyOf(PortalAddresses.of(peer, open));
    }

    @Test
    void theAddressThatThePeerCameToIsFirstAndOnce() {
        assertEquals(List.of("10.0.0.1:1,9", "10.0.0.2:3260,1"), told("10.0.0.1", "10.0.0.2 3260 1", "10.0.0.1 1 9"));
    }

    @Test
    void portalsOnEveryAddressAreSeenUnderThatAddress() {
        assertEquals(List.of("10.0.0.1:1,9", "10.0.0.1:3261,2"), told("10.0.0.1", "0.0.0.0 1 9", "0.0.0.0 3261 2"));
        assertEquals(List.of("[2001:db8::1]:1,9", "[2001:db8::1]:3261,2"), told("2001:db8::1", "::0 1 9", "::0 3261 2"));
    }

    @Test
    void oneForIPv6TakesIPv4ButNotTheOtherWayRound() {
        assertEquals(List.of("10.0.0.1:1,9", "10.0.0.1:3261,2"), told("10.0.0.1", "::0 3261 2"));
        assertEquals(List.of("[2001:db8::1]:1,9"), told("2001:db8::1", "0.0.0.0 3261 2"));
    }

    @Test
    void whatIsOfThisMachineOrLinkAloneIsNotSeenFromElsewhere() {
        assertEquals(List.of("10.0.0.1:1,9"), told("10.0.0.1", "127.0.0.1 3260 1", "::1 3260 1", "fe80::1 3260 1"));
        assertEquals(List.of("[::1]:1,9", "127.0.0.1:3260,1", "10.0.0.2:3260,1"), told("::1", "127.0.0.1 3260 1", "10.0.0.2 3260 1"));
    }

    @Test
    void groupsHaveTagsFrom1To65535() {
        assertThrows(IllegalArgumentException.class, () -> new IscsiPortal(address("::1", 1), 0));
        assertThrows(IllegalArgumentException.class, () -> new IscsiPortal(address("::1", 1), 65536));
        assertThrows(IllegalArgumentException.class, () -> new IscsiRedirect("other:3260,1", true));
    }
}
