package io.spindrift.image;

import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * The images of one user in the heap: the seam's whole behaviour without a store. Made by tests, shared by as many hosts as a test
 * wants; may be called from any thread, which is why everything holds this object's monitor (a double may lock). The content survives
 * {@link #close()}, which only makes catalog verbs fail with CLOSED until {@link #reopen()}: the server that was killed and came back.
 */
public final class MemoryCatalog implements ImageCatalog {
    /** After this long without a word from its holder a lease is DIRTY. */
    public static final Duration LEASE_TIME = Duration.ofSeconds(30);

    private final String user;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final TreeMap<ImageAddress, MemoryImage> images = new TreeMap<>();
    private boolean closed;

    public MemoryCatalog(String user, InstantSource clock, RandomGenerator random) {
        ImageAddress.check("user", user);
        this.user = user;
        this.clock = clock;
        this.random = random;
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public CompletableFuture<ImageInfo> create(ImageAddress address, long sizeBytes) {
        return answer(() -> {
            checkOwn(address);
            if (sizeBytes <= 0 || sizeBytes % Image.BLOCK_BYTES != 0 || sizeBytes > MAX_SIZE_BYTES) {
                throw invalid("a size is a multiple of 4096 up to " + MAX_SIZE_BYTES + " bytes, not " + sizeBytes);
            }
            if (images.containsKey(address)) {
                throw invalid("there is an image " + address + " already");
            }
            MemoryImage image = new MemoryImage(this, address, newId(), sizeBytes);
            images.put(address, image);
            return image.info();
        });
    }

    @Override
    public CompletableFuture<ImageInfo> show(ImageAddress address) {
        return answer(() -> find(address).info());
    }

    @Override
    public CompletableFuture<List<ImageInfo>> list(ImageAddress startAfter, int limit) {
        return answer(() -> {
            if (startAfter != null) {
                checkOwn(startAfter);
            }
            if (limit < 1 || limit > 1000) {
                throw invalid("a page of the list has 1 to 1000 rows, not " + limit);
            }
            List<ImageInfo> rows = new ArrayList<>();
            for (MemoryImage image : (startAfter == null ? images : images.tailMap(startAfter, false)).values()) {
                if (rows.size() == limit) {
                    break;
                }
                rows.add(image.info());
            }
            return rows;
        });
    }

    @Override
    public CompletableFuture<ImageInfo> resize(ImageAddress address, long sizeBytes) {
        return answer(() -> find(address).resize(sizeBytes));
    }

    @Override
    public CompletableFuture<Void> delete(ImageAddress address, boolean force) {
        return answer(() -> {
            MemoryImage image = find(address);
            LeaseInfo.State state = image.info().lease().state();
            if (state != LeaseInfo.State.FREE && !force) {
                throw invalid(address + " is " + state + ": it is deleted only by force");
            }
            image.delete();
            images.remove(address);
            return null;
        });
    }

    @Override
    public CompletableFuture<BlockPlace> locate(ImageAddress address, long block) {
        return answer(() -> find(address).locate(block));
    }

    @Override
    public CompletableFuture<LeasedImage> attach(ImageAddress address, AttachRequest request, EventExecutor home) {
        return answer(() -> find(address).attach(request, home));
    }

    @Override
    public CompletableFuture<LeasedImage> resume(ImageAddress address, long epoch, UUID leaseId, EventExecutor home) {
        return answer(() -> find(address).resume(epoch, leaseId, home));
    }

    @Override
    public synchronized CompletableFuture<Void> close() {
        closed = true;
        return CompletableFuture.completedFuture(null);
    }

    /** Undoes {@link #close()}. */
    public synchronized void reopen() {
        closed = false;
    }

    /** How many batches changed the image: one that is answered done without being applied again does not count. */
    public synchronized long batchesApplied(ImageAddress address) throws ImageException {
        return find(address).batchesApplied();
    }

    Instant now() {
        return clock.instant();
    }

    UUID newId() {
        return new UUID(random.nextLong(), random.nextLong() | 1);
    }

    static ImageException invalid(String message) {
        return new ImageException(ImageFailure.INVALID, message);
    }

    private MemoryImage find(ImageAddress address) throws ImageException {
        checkOwn(address);
        MemoryImage image = images.get(address);
        if (image == null) {
            throw invalid("there is no image " + address);
        }
        return image;
    }

    private void checkOwn(ImageAddress address) throws ImageException {
        if (!address.user().equals(user)) {
            throw invalid(address + " is not " + user + "'s");
        }
    }

    private synchronized <T> CompletableFuture<T> answer(Verb<T> verb) {
        if (closed) {
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.CLOSED, "the catalog is closed"));
        }
        try {
            return CompletableFuture.completedFuture(verb.run());
        } catch (ImageException refused) {
            return CompletableFuture.failedFuture(refused);
        }
    }

    /** One verb, run under the monitor. */
    interface Verb<T> {
        T run() throws ImageException;
    }
}
