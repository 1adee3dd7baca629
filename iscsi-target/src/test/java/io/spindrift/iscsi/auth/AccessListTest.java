package io.spindrift.iscsi.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.channel.local.LocalAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessListTest {
    @ParameterizedTest
    @CsvSource({
        "iqn.2026-11.com.example:host1, iqn.2026-11.com.example:host1, true",
        "iqn.2026-11.com.example:host1, IQN.2026-11.COM.example:HOST1, true",
        "iqn.2026-11.com.example:host1, iqn.2026-11.com.example:host12, false",
        "iqn.2026-11.com.example:host1, iqn.2026-11.com.example:host, false",
        "iqn.2026-11.com.example:host1, iqn-2026-11.com.example:host1, false",
        "iqn.2026-11.com.example:*, iqn.2026-11.com.example:, true",
        "iqn.2026-11.com.example:*, iqn.2026-11.com.example:a.b, true",
        "iqn.2026-11.com.example:*, iqn.2026-11.com.example.org, false",
        "*, x, true",
        "*:host?, iqn.1:host7, true",
        "*:host?, iqn.1:host, false",
        "*a*b*c, xxaxxbxxbcxc, true",
        "*a*b*c, xxaxxbxxbcxd, false",
        "*aab, aaaab, true",
        "**x**, axb, true",
    })
    void names(String pattern, String name, boolean matches) {
        assertEquals(matches, new NamePattern(pattern).matches(name));
    }

    @ParameterizedTest
    @CsvSource({
        "10.1.0.0/16, 10.1.255.3, true",
        "10.1.0.0/16, 10.2.0.1, false",
        "10.1.128.0/17, 10.1.127.255, false",
        "10.1.128.0/17, 10.1.128.0, true",
        "10.1.2.3, 10.1.2.3, true",
        "10.1.2.3, 10.1.2.2, false",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, fd00::1, false",
        "::/0, 8.8.8.8, false",
        "fd00:1::/32, fd00:1:ffff::9, true",
        "fd00:1::/32, fd00:2::9, false",
        "::1, ::1, true",
        "127.0.0.1, ::ffff:127.0.0.1, true",
    })
    void addresses(String range, String address, boolean contained) {
        AccessList list = new AccessList(List.of(), List.of(AddressRange.parse(range)));
        assertEquals(contained, list.allows("x", new InetSocketAddress(address, 1)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "host1", "10.1.0.0/33", "10.1.0.0/", "10.1.0.0/-1", "10.1.0.1/16", "10.1.0", "fd00::/129", "fe80::1%eth0", "10.1.0.0/16/2", "fd00::1/8"})
    void rangesThatAreNone(String text) {
        assertThrows(IllegalArgumentException.class, () -> AddressRange.parse(text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb"})
    void patternsThatAreNone(String text) {
        assertThrows(IllegalArgumentException.class, () -> new NamePattern(text));
    }

    @Test
    void bothListsMustAllow() {
        AccessList list = new AccessList(List.of(new NamePattern("a*"), new NamePattern("b")), List.of(AddressRange.parse("10.0.0.0/8")));
        InetSocketAddress inside = new InetSocketAddress("10.9.9.9", 1);
        assertTrue(list.allows("abc", inside));
        assertTrue(list.allows("b", inside));
        assertFalse(list.allows("c", inside));
        assertFalse(list.allows("b", new InetSocketAddress("11.0.0.1", 1)));
        assertFalse(list.allows("b", new LocalAddress("x")));
        assertTrue(AccessList.OPEN.allows("c", new LocalAddress("x")));
    }
}
