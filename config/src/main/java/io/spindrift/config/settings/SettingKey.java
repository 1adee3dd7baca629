package io.spindrift.config.settings;

import io.spindrift.config.settings.value.HostPort;
import io.spindrift.config.settings.value.PortalAddress;
import io.spindrift.config.settings.value.Quantity;

/** Every key that a settings file may hold. The README's table is made of these rows, and a test holds it to them. */
public enum SettingKey {
    TRANSPORT("transport", Use.BOTH, "auto, epoll, io_uring or nio", "auto", "how sockets are driven; auto takes epoll, or nio where there is none"),
    LOG_LEVEL("log.level", Use.BOTH, "error, warn, info, debug or trace", "info", "what goes to standard error; SPINDRIFT_LOG in the environment comes first"),
    SCRUB_RATE("scrub-rate", Use.BOTH, Quantity.SIZE_ALLOWED + ", at least 64KiB; or off", "8MiB",
            "how much a second is compared with its checksum in the background, once a day: of each volume's cache and journal, and of a store"),

    TARGET_PORTALS("target.portals", Use.HOST, "a list of " + PortalAddress.ALLOWED, "127.0.0.1:3260",
            "where initiators connect; portals of one group are one target port to them, other groups are other ports"),
    TARGET_IQN_PREFIX("target.iqn-prefix", Use.HOST, "an iSCSI qualified name such as iqn.2026-11.io.spindrift", "iqn.2026-11.io.spindrift",
            "the target's name is this, a colon, and the volume's name"),
    TARGET_AUTH("target.auth", Use.HOST, "none, or a name from the list auth", "none", "who may log in to a target whose volumes don't say otherwise"),
    TARGET_DISCOVERY_AUTH("target.discovery-auth", Use.HOST, "none, or a name from the list auth", "none",
            "who may ask which targets there are; each is told only of those whose initiators and addresses allow it"),

    TARGET_PING_INTERVAL("target.ping-interval", Use.HOST, Quantity.DURATION_ALLOWED + ", 1s to 24h", "10s", "how long an initiator may be silent before it is pinged"),
    TARGET_PING_TIMEOUT("target.ping-timeout", Use.HOST, Quantity.DURATION_ALLOWED + ", 1s to 24h", "15s",
            "how long it has to answer before its session ends; longer for programs that don't read their connection while they do something else"),

    AUTH_NAME("auth[].name", Use.HOST, "1 to 64 of a-z 0-9 . - that begin with a letter or digit; not none", null, "what target.auth and volumes[].auth call it"),
    AUTH_USER_NAME("auth[].users[].name", Use.HOST, "1 to 255 bytes", null, "a CHAP user; where there are users, an initiator must be one of them"),
    AUTH_USER_SECRET("auth[].users[].secret", Use.HOST, "a secret of 12 to 255 bytes, best as ${env:NAME} or ${file:PATH}", null, "that user's secret"),
    AUTH_TARGET_NAME("auth[].target-name", Use.HOST, "1 to 255 bytes", "spindrift", "what the target calls itself to an initiator that asks for its proof too (mutual CHAP)"),
    AUTH_TARGET_SECRET("auth[].target-secret", Use.HOST, "a secret of 12 to 255 bytes that no user has, best as ${env:NAME} or ${file:PATH}", "",
            "the secret that the target proves itself with; without it an initiator that asks is refused"),
    AUTH_ALGORITHMS("auth[].algorithms", Use.HOST, "a list of MD5, SHA1, SHA-256 and SHA3-256", "",
            "what CHAP may hash with, the initiator's order deciding; all of them. Most initiators know MD5 only"),
    AUTH_INITIATORS("auth[].initiators", Use.HOST, "a list of initiator names; * stands for any characters, ? for one", "", "who may log in; everybody"),
    AUTH_ADDRESSES("auth[].addresses", Use.HOST, "a list of addresses such as 10.1.2.3 or fd00::1 and ranges such as 10.1.0.0/16 or fd00::/8", "",
            "where they may come from; everywhere"),

    TARGETS_NAME("targets[].name", Use.HOST, "1 to 64 of a-z 0-9 . -", null, "the target that the other keys are about: its name after the prefix"),
    TARGETS_REDIRECT("targets[].redirect", Use.HOST, HostPort.ALLOWED, "", "another host that serves the target: initiators that log in here are sent there"),
    TARGETS_REDIRECT_TYPE("targets[].redirect-type", Use.HOST, "temporary or permanent", "temporary",
            "whether initiators ask here again at their next login, or remember the other host"),

    STORAGE_DIRECTORY("storage.directory", Use.HOST, "a folder", "", "the embedded store; this or storage.servers"),
    STORAGE_SERVERS("storage.servers", Use.HOST, "a list of " + HostPort.ALLOWED, "", "storage servers, in the order in which they are tried"),
    STORAGE_USER("storage.user", Use.HOST, "1 to 64 of a-z 0-9 . _ -", "local", "whose images these are; needed with storage.servers"),
    STORAGE_SECRET("storage.secret", Use.HOST, "a secret, best as ${env:NAME} or ${file:PATH}", "", "shared with the storage server; needed with storage.servers"),

    CACHE_DIRECTORY("cache.directory", Use.HOST, "a folder", null, "caches, journals and what this host must remember; on a local disk, one daemon each"),
    ADMIN_LISTEN("admin.listen", Use.HOST, HostPort.ALLOWED + "; or off", "127.0.0.1:3280", "REST and metrics; whoever can connect may do everything"),

    VOLUME_NAME("volumes[].name", Use.HOST, "1 to 64 of a-z 0-9 . - that begin with a letter or digit", null, "the volume's and its image's name"),
    VOLUME_TYPE("volumes[].type", Use.HOST, "system, data or scratch", "data", "the disk type: part of the image's address, and the policy"),
    VOLUME_SIZE("volumes[].size", Use.HOST, Quantity.SIZE_ALLOWED + ", a multiple of 4096 between 1MiB and 256TiB", null,
            "the disk's size; an image that is smaller grows, one that is larger stays as it is"),
    VOLUME_CACHE_SIZE("volumes[].cache-size", Use.HOST, Quantity.SIZE_ALLOWED + ", at least 16MiB", "1GiB", "space for clean blocks on this host"),
    VOLUME_JOURNAL_SIZE("volumes[].journal-size", Use.HOST, Quantity.SIZE_ALLOWED + ", at least 64MiB", "1GiB", "space for what is not yet in the image"),
    VOLUME_DESTAGE_AFTER("volumes[].destage-after", Use.HOST, Quantity.DURATION_ALLOWED + ", up to 24h", "", "the age at which a write goes to the image; 2s, for scratch 60s"),
    VOLUME_HYDRATE("volumes[].hydrate", Use.HOST, "true or false", "", "whether the whole image is fetched when idle; true for system"),
    VOLUME_BOOT_PROFILE("volumes[].boot-profile", Use.HOST, "true or false", "", "whether a start is recorded and replayed ahead of the next; true for system"),
    VOLUME_PREFETCH("volumes[].prefetch", Use.HOST, "true or false", "true", "whether sequential readers are fetched ahead for"),
    VOLUME_CLOSE_TIMEOUT("volumes[].close-timeout", Use.HOST, Quantity.DURATION_ALLOWED, "20s", "how long a stop waits for everything to reach the image"),
    VOLUME_OUTAGE_LIMIT("volumes[].outage-limit", Use.HOST, Quantity.DURATION_ALLOWED + "; or forever", "forever",
            "how long a command waits for a storage server that is away before the initiator gets an error"),
    VOLUME_RECOVERY_POINT("volumes[].recovery-point", Use.HOST, Quantity.DURATION_ALLOWED + ", 10ms to 168h; or off", "off",
            "how old the oldest write that is not in the image may get: the destage works for it, and status and metrics tell when it is missed"),
    VOLUME_RECOVERY_BYTES("volumes[].recovery-point-bytes", Use.HOST, Quantity.SIZE_ALLOWED + ", at least 1MiB; or off", "off",
            "how much may be acknowledged and not in the image, in the same way"),
    VOLUME_READ_ONLY("volumes[].read-only", Use.HOST, "true or false", "false", "whether initiators may only read"),
    VOLUME_REMOVABLE("volumes[].removable", Use.HOST, "true or false", "false", "whether initiators can eject the medium, and load it again"),
    VOLUME_WRITE_SAME_TO_END("volumes[].write-same-to-end", Use.HOST, "true or false", "false",
            "whether WRITE SAME may be of any length and goes to the end of the disk where it names 0 blocks (WSNZ = 0); else 16 MiB is the most, and 0 blocks are refused"),
    VOLUME_TARGET("volumes[].target", Use.HOST, "1 to 64 of a-z 0-9 . -", "", "the target's name after the prefix; volumes of one target share a session. The volume's name"),
    VOLUME_LUN("volumes[].lun", Use.HOST, "0 to 255", "0", "the logical unit number in the target"),
    VOLUME_AUTH("volumes[].auth", Use.HOST, "none, or a name from the list auth", "", "who may log in to the volume's target, the same for all its volumes; target.auth"),

    SERVER_LISTEN("server.listen", Use.STORE, HostPort.ALLOWED, "127.0.0.1:3270", "where hosts connect"),
    SERVER_STORE("server.store", Use.STORE, "file:///FOLDER, or s3://BUCKET or s3://BUCKET/PREFIX", null, "where segments lie; the bucket must exist"),
    SERVER_S3_ENDPOINT("server.s3.endpoint", Use.STORE, "http:// or https://, a host, and a port where it is not the usual one", "",
            "the S3 server; without it Amazon's of the region"),
    SERVER_S3_REGION("server.s3.region", Use.STORE, "a region's name such as eu-central-1", "us-east-1", "signed into each request; most servers that are not Amazon's take any"),
    SERVER_S3_ACCESS_KEY("server.s3.access-key", Use.STORE, "an access key's name", "",
            "without it keys are found as Amazon's tools find them: environment, profile, role of the machine"),
    SERVER_S3_SECRET_KEY("server.s3.secret-key", Use.STORE, "a secret, best as ${env:NAME} or ${file:PATH}", "", "goes with the access key"),
    SERVER_S3_PATH_STYLE("server.s3.path-style", Use.STORE, "true or false", "true",
            "whether the bucket stands in the path (https://HOST/BUCKET) or in the host's name; without an endpoint always the latter"),
    SERVER_ADMIN("server.admin", Use.STORE, HostPort.ALLOWED + "; or off", "off", "REST and metrics"),
    SERVER_LEASE_TIME("server.lease-time", Use.STORE, Quantity.DURATION_ALLOWED + ", at least 1s", "30s", "how long a host may be silent before its lease counts as dirty"),
    SERVER_USER_NAME("server.users[].name", Use.STORE, "1 to 64 of a-z 0-9 . _ -", null, "a user"),
    SERVER_USER_SECRET("server.users[].secret", Use.STORE, "a secret of at least 8 characters, best as ${env:NAME} or ${file:PATH}", null, "that user's secret");

    /** Which command reads a key. */
    enum Use {
        HOST("serve"),
        STORE("store"),
        BOTH("both");

        private final String word;

        Use(String word) {
            this.word = word;
        }
    }

    private final String path;
    private final Use use;
    private final String allowed;
    private final String fallback;
    private final String meaning;

    /** @param fallback the value where the key is missing; empty for none; null where the key is needed */
    SettingKey(String path, Use use, String allowed, String fallback, String meaning) {
        this.path = path;
        this.use = use;
        this.allowed = allowed;
        this.fallback = fallback;
        this.meaning = meaning;
    }

    /** The key from the top of the file, {@code []} standing for an entry of a list. */
    public String path() {
        return path;
    }

    String leaf() {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    String allowed() {
        return allowed;
    }

    String fallback() {
        return fallback;
    }

    boolean list() {
        return this == TARGET_PORTALS || this == STORAGE_SERVERS || this == AUTH_ALGORITHMS || this == AUTH_INITIATORS || this == AUTH_ADDRESSES;
    }

    boolean secret() {
        return this == STORAGE_SECRET || this == SERVER_S3_SECRET_KEY || this == SERVER_USER_SECRET || this == AUTH_USER_SECRET || this == AUTH_TARGET_SECRET;
    }

    boolean usedBy(Use reader) {
        return use == reader || use == Use.BOTH;
    }

    /** This key's row in the README. */
    public String row() {
        String value = fallback == null ? "needed" : fallback.isEmpty() ? "-" : "`" + fallback + "`";
        return "| `" + path + "` | " + use.word + " | " + allowed + " | " + value + " | " + meaning + " |";
    }
}
