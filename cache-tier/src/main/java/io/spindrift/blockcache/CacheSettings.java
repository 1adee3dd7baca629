package io.spindrift.blockcache;

/**
 * How much a cache may take.
 *
 * @param capacityBytes what its files may take together: data, headers, directory and state
 */
public record CacheSettings(long capacityBytes) {
    private static final long LEAST = 4L << 20;
    private static final long MOST = 4L << 40;

    public CacheSettings {
        if (capacityBytes < LEAST || capacityBytes > MOST) {
            throw new IllegalArgumentException("cache size must be 4 MiB to 4 TiB, not " + capacityBytes + " bytes");
        }
    }
}
