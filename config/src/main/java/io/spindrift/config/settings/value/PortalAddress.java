package io.spindrift.config.settings.value;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A portal as it is written: {@code HOST:PORT}, or {@code HOST:PORT,TAG} with the portal group's tag.
 *
 * @param group 1 to 65535; portals of one group are one target port
 */
public record PortalAddress(HostPort at, int group) {
    public static final String ALLOWED = HostPort.ALLOWED + "; a portal group's tag between 1 and 65535 may follow a comma ([::1]:3260,2)";

    private static final Pattern TAGGED = Pattern.compile("(.*?)\\s*,\\s*(\\d{1,5})");
    private static final int MOST_GROUPS = 65535;

    public PortalAddress {
        if (group < 1 || group > MOST_GROUPS) {
            throw new IllegalArgumentException(ALLOWED);
        }
    }

    /** @throws IllegalArgumentException with what is allowed */
    public static PortalAddress parse(String text) {
        Matcher tagged = TAGGED.matcher(text);
        if (tagged.matches()) {
            return new PortalAddress(HostPort.parse(tagged.group(1)), Integer.parseInt(tagged.group(2)));
        }
        return new PortalAddress(HostPort.parse(text), 1);
    }

    @Override
    public String toString() {
        return group == 1 ? at.toString() : at + "," + group;
    }
}
