package io.spindrift.config.admin;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Keeps web pages of others out: a browser that was lured to this address by a name of the attacker's (DNS rebinding) sends that name as Host, and a
 * page of another site sends its Origin. Only addresses, localhost and the configured name pass.
 */
final class HostGuard {
    private static final Pattern NUMERIC = Pattern.compile("[0-9.]+|\\[[0-9a-fA-F:.]+\\]");

    private final String configuredHost;

    HostGuard(String configuredHost) {
        this.configuredHost = configuredHost;
    }

    void check(Context context) {
        String host = context.header("Host");
        if (host == null || !allowed(host.replaceFirst(":\\d*$", ""))) {
            throw new ForbiddenResponse("this Host is not served");
        }
        String origin = context.header("Origin");
        if (origin != null && !sameOrigin(origin, host)) {
            throw new ForbiddenResponse("requests from other sites are not served");
        }
    }

    private static boolean sameOrigin(String origin, String host) {
        try {
            return host.equals(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException malformed) {
            return false;
        }
    }

    private boolean allowed(String name) {
        return name.equalsIgnoreCase("localhost") || name.equalsIgnoreCase(configuredHost) || NUMERIC.matcher(name).matches();
    }
}
