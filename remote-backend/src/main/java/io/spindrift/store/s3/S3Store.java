package io.spindrift.store.s3;

import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import io.spindrift.store.StoreNames;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;

/**
 * A store in a bucket. {@code putIfAbsent} is a put with the condition {@code If-None-Match: *}, decided by the server, of which a name shows one
 * whole object or none; what S3 answered for is durable. A put whose answer was lost is tried again by the client and then finds the name taken by
 * itself: each carries a random mark, so that the first writer knows his object when he is told that somebody was faster.
 *
 * <p>A server that takes no notice of the condition would let two writers win, so it is tried out at the open and such a server is refused.
 *
 * <p>Made and closed by the assembly; called from any thread.
 */
public final class S3Store implements SegmentStore {
    private static final int PAGE = 1000;
    private static final String MARK = "spindrift-put";
    private static final String OBJECTS = "objects/";

    private final S3Client client;
    private final S3Settings settings;
    private final S3Uploads uploads;
    private final RandomGenerator random;
    private final String root;

    private S3Store(S3Client client, S3Settings settings, RandomGenerator random) {
        this.client = client;
        this.settings = settings;
        this.random = random;
        uploads = new S3Uploads(client, settings);
        root = settings.prefix() + OBJECTS;
    }

    /**
     * Opens the store, making it where nothing lies below the prefix; a place of something else is refused, and so is a server without conditional puts.
     *
     * @param random marks puts; safe for use by several threads
     */
    public static S3Store open(S3Settings settings, RandomGenerator random) throws StoreException {
        S3Client client = S3Clients.make(settings);
        S3Store store = new S3Store(client, settings, random);
        try {
            new S3Place(client, settings, store.uploads).claim(store.mark());
            return store;
        } catch (SdkException failed) {
            store.close();
            throw S3Failures.of("can't open " + settings.address(), failed);
        } catch (StoreException refused) {
            store.close();
            throw refused;
        }
    }

    @Override
    public void put(String name, ByteBuffer... body) throws StoreException {
        String key = key(name);
        try {
            uploads.put(key, views(body), false, Map.of());
            consume(body);
        } catch (SdkException failed) {
            throw S3Failures.of("can't put " + name, failed);
        }
    }

    @Override
    public boolean putIfAbsent(String name, ByteBuffer... body) throws StoreException {
        String key = key(name);
        String mark = mark();
        try {
            uploads.put(key, views(body), true, Map.of(MARK, mark));
            consume(body);
            return true;
        } catch (SdkException failed) {
            if (S3Failures.isStatus(failed, S3Failures.PRECONDITION_FAILED)) {
                return isOurs(name, key, mark, body);
            }
            throw S3Failures.of("can't put " + name, failed);
        }
    }

    /** The name is taken: by us, where an earlier attempt went through and only its answer was lost. */
    private boolean isOurs(String name, String key, String mark, ByteBuffer[] body) throws StoreException {
        try {
            boolean ours = mark.equals(client.headObject(r -> r.bucket(settings.bucket()).key(key)).metadata().get(MARK));
            consume(body);
            return ours;
        } catch (SdkException failed) {
            StoreException said = S3Failures.of("can't see who put " + name, failed);
            // Deleted meanwhile, so the name was taken by somebody.
            if (said.kind() == StoreException.Kind.ABSENT) {
                return false;
            }
            throw new StoreException(StoreException.Kind.UNAVAILABLE, said.getMessage(), failed);
        }
    }

    @Override
    public void read(String name, long offset, ByteBuffer dst) throws StoreException {
        String key = key(name);
        if (offset < 0) {
            throw new StoreException(StoreException.Kind.INVALID, name + ": an offset is not negative: " + offset);
        }
        if (!dst.hasRemaining()) {
            return;
        }
        String range = "bytes=" + offset + "-" + (offset + dst.remaining() - 1);
        try (ResponseInputStream<GetObjectResponse> found = client.getObject(r -> r.bucket(settings.bucket()).key(key).range(range))) {
            fill(name, offset, found, dst);
        } catch (SdkException failed) {
            throw S3Failures.of("can't read " + name, failed);
        } catch (StoreException known) {
            throw known;
        } catch (IOException broken) {
            throw new StoreException(StoreException.Kind.UNAVAILABLE, "can't read " + name + ": " + broken.getMessage(), broken);
        }
    }

    private static void fill(String name, long offset, InputStream found, ByteBuffer dst) throws IOException {
        ReadableByteChannel channel = Channels.newChannel(found);
        long at = offset;
        while (dst.hasRemaining()) {
            int n = channel.read(dst);
            if (n < 0) {
                throw new StoreException(StoreException.Kind.ABSENT, name + " ends at " + at + ", " + dst.remaining() + " bytes short");
            }
            at += n;
        }
    }

    @Override
    public long length(String name) throws StoreException {
        String key = key(name);
        try {
            HeadObjectResponse found = client.headObject(r -> r.bucket(settings.bucket()).key(key));
            return found.contentLength();
        } catch (SdkException failed) {
            StoreException said = S3Failures.of("can't look at " + name, failed);
            if (said.kind() == StoreException.Kind.ABSENT) {
                return -1;
            }
            throw said;
        }
    }

    @Override
    public List<StoredObject> list(String prefix, String startAfter, int limit) throws StoreException {
        StoreNames.checkPrefix(prefix);
        if (limit < 1 || limit > 10_000) {
            throw new StoreException(StoreException.Kind.INVALID, "a page has 1 to 10,000 names, not " + limit);
        }
        List<StoredObject> page = new ArrayList<>();
        try {
            String after = startAfter.isEmpty() ? null : root + startAfter;
            boolean more = true;
            while (more && page.size() < limit) {
                String from = page.isEmpty() ? after : root + page.get(page.size() - 1).name();
                int count = Math.min(PAGE, limit - page.size());
                ListObjectsV2Response found =
                        client.listObjectsV2(r -> r.bucket(settings.bucket()).prefix(root + prefix).startAfter(from).maxKeys(count));
                found.contents().forEach(object -> page.add(new StoredObject(object.key().substring(root.length()), object.size())));
                more = Boolean.TRUE.equals(found.isTruncated()) && !found.contents().isEmpty();
            }
            return page;
        } catch (SdkException failed) {
            throw S3Failures.of("can't list " + settings.address(), failed);
        }
    }

    @Override
    public void delete(String name) throws StoreException {
        String key = key(name);
        try {
            client.deleteObject(r -> r.bucket(settings.bucket()).key(key));
        } catch (SdkException failed) {
            if (!S3Failures.isStatus(failed, S3Failures.NOT_FOUND)) {
                throw S3Failures.of("can't delete " + name, failed);
            }
        }
    }

    @Override
    public void close() {
        client.close();
    }

    private String mark() {
        return Long.toHexString(random.nextLong()) + Long.toHexString(random.nextLong());
    }

    private String key(String name) throws StoreException {
        StoreNames.checkName(name);
        return root + name;
    }

    private static List<ByteBuffer> views(ByteBuffer[] body) {
        List<ByteBuffer> views = new ArrayList<>(body.length);
        for (ByteBuffer part : body) {
            views.add(part.duplicate());
        }
        return views;
    }

    private static void consume(ByteBuffer[] body) {
        for (ByteBuffer part : body) {
            part.position(part.limit());
        }
    }
}
