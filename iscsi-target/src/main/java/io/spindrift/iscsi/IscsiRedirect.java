package io.spindrift.iscsi;

/**
 * Where initiators are sent that log in to a target which is served elsewhere (RFC 7143 11.13.5, status class 1).
 *
 * @param address {@code HOST:PORT}, IPv6 in brackets
 * @param permanent whether initiators may remember it; else they ask here again at their next login
 */
public record IscsiRedirect(String address, boolean permanent) {
    public IscsiRedirect {
        if (address.isEmpty() || address.indexOf(',') >= 0) {
            throw new IllegalArgumentException("a target is redirected to HOST:PORT, without a portal group tag, not \"" + address + "\"");
        }
    }
}
