package io.spindrift.image;

import java.util.concurrent.CompletableFuture;

/** An image with the right to write it. */
public interface LeasedImage extends Image {
    Lease lease();

    /** Names the one listener. An event that came before is told at once. */
    void listen(LeaseListener listener);

    /**
     * Says that this host lives and how much is not in the image yet. The caller does this every few seconds; how long the holder may be
     * silent before it counts as dirty is the server's setting.
     *
     * @param dirtyBytes acknowledged bytes that no batch has brought into the image
     */
    CompletableFuture<Void> renew(long dirtyBytes);

    /** Gives the lease back: everything acknowledged is in the image. Any host may attach from here on; this object is closed. */
    CompletableFuture<Void> release();
}
