package io.spindrift.store.s3;

import java.net.URI;
import java.time.Duration;

/**
 * Where a bucket is and how it is spoken to.
 *
 * @param endpoint of the server, http or https; null for Amazon's of the region
 * @param region such as eu-central-1; servers that know none take any
 * @param bucket must exist
 * @param prefix of all names, empty or ending with a slash
 * @param accessKey null: keys are found as the AWS tools find them (environment, profile, role of the machine)
 * @param secretKey goes with {@code accessKey}
 * @param pathStyle whether the bucket stands in the path instead of the host's name, which most servers that are not Amazon's need
 * @param partBytes larger objects go in parts of this size; 5 MiB or more, S3's limit for a part that is not the last
 * @param callTimeout for one request with the attempts within it
 */
public record S3Settings(URI endpoint, String region, String bucket, String prefix, String accessKey, String secretKey, boolean pathStyle, int partBytes,
        Duration callTimeout) {
    public static final int MIN_PART_BYTES = 5 << 20;
    public static final int DEFAULT_PART_BYTES = 64 << 20;
    public static final Duration DEFAULT_CALL_TIMEOUT = Duration.ofSeconds(30);

    /** @throws IllegalArgumentException names what is not as it must be */
    public S3Settings {
        if (bucket == null || !bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")) {
            throw new IllegalArgumentException("a bucket's name has 3 to 63 of a-z 0-9 . -, not '" + bucket + "'");
        }
        if (!prefix.isEmpty() && !prefix.endsWith("/")) {
            throw new IllegalArgumentException("a prefix ends with a slash: '" + prefix + "'");
        }
        if (accessKey == null != (secretKey == null)) {
            throw new IllegalArgumentException("an access key and a secret key go together");
        }
        if (partBytes < MIN_PART_BYTES) {
            throw new IllegalArgumentException("a part has at least " + MIN_PART_BYTES + " bytes, not " + partBytes);
        }
    }

    /** As people write it. */
    public String address() {
        return "s3://" + bucket + "/" + prefix;
    }

    /** Leaves the keys out. */
    @Override
    public String toString() {
        return "S3Settings[" + address() + (endpoint == null ? "" : " at " + endpoint) + "]";
    }
}
