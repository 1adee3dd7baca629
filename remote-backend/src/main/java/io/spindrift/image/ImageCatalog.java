package io.spindrift.image;

import io.netty.util.concurrent.EventExecutor;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;

/**
 * The names of one user's images, and the way to them. Made by the assembly: over a storage server, or over a store in this process.
 * Addresses of another user are refused with INVALID, whether they exist or not.
 */
public interface ImageCatalog {
    /** Largest image: 256 TiB. */
    long MAX_SIZE_BYTES = 1L << 48;

    /** The user whose images these are. */
    String user();

    /** @param sizeBytes a multiple of 4096, up to {@link #MAX_SIZE_BYTES}. INVALID where the address is taken. */
    CompletableFuture<ImageInfo> create(ImageAddress address, long sizeBytes);

    /** INVALID where there is none. */
    CompletableFuture<ImageInfo> show(ImageAddress address);

    /**
     * The images after {@code startAfter} in the order of their addresses. One that is damaged has a row that says so, and hides none of the others.
     *
     * @param startAfter null for the first page
     * @param limit 1 to 1000; fewer rows than this means that there are no more
     */
    CompletableFuture<List<ImageInfo>> list(ImageAddress startAfter, int limit);

    /** Grows an image, also while it is leased; the holder hears of it. Smaller than it is: INVALID. */
    CompletableFuture<ImageInfo> resize(ImageAddress address, long sizeBytes);

    /** Removes an image and, in time, its bytes. INVALID while the lease is HELD or DIRTY, unless {@code force}. */
    CompletableFuture<Void> delete(ImageAddress address, boolean force);

    /** Where the bytes of a block lie. */
    CompletableFuture<BlockPlace> locate(ImageAddress address, long block);

    /** Takes the lease; see {@link AttachRequest} for when it is given. The image's calls and futures are bound to {@code home}. */
    CompletableFuture<LeasedImage> attach(ImageAddress address, AttachRequest request, EventExecutor home);

    /**
     * Takes up again, over a new way or after the server started anew, a lease that was given before and is still the last: nothing is
     * written, the epoch stays. FENCED where a newer lease exists or this one was given back.
     */
    CompletableFuture<LeasedImage> resume(ImageAddress address, long epoch, UUID leaseId, EventExecutor home);

    CompletableFuture<Void> close();
}
