package io.spindrift.iscsi;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class ConnectionLimitsTest {
    private static InetSocketAddress from(String address) {
        return new InetSocketAddress(address, 1000);
    }

    @Test
    void inTotalAndByAddress() {
        ConnectionLimits limits = new ConnectionLimits(3, 2);
        assertTrue(limits.enter(from("10.0.0.1")));
        assertTrue(limits.enter(from("10.0.0.1")));
        assertFalse(limits.enter(from("10.0.0.1")));
        assertTrue(limits.enter(from("10.0.0.2")));
        assertFalse(limits.enter(from("10.0.0.3")));
        limits.leave(from("10.0.0.1"));
        assertTrue(limits.enter(from("10.0.0.1")));
    }

    @Test
    void anIPv6NetworkCountsAsOneAddress() {
        ConnectionLimits limits = new ConnectionLimits(10, 1);
        assertTrue(limits.enter(from("2001:db8:0:1::1")));
        assertFalse(limits.enter(from("2001:db8:0:1:ffff::2")));
        assertTrue(limits.enter(from("2001:db8:0:2::1")));
        assertTrue(limits.enter(from("::1")));
        limits.leave(from("2001:db8:0:1::1"));
        assertTrue(limits.enter(from("2001:db8:0:1::3")));
    }
}
