/**
 * The seam between a host and what is kept for it: {@link io.spindrift.image.Image}, {@link io.spindrift.image.ImageCatalog} and
 * their vocabulary. The remote stub ({@code client}) and the server's own object ({@code engine}) implement both, so that a host
 * with an embedded store and tests are wired without a network.
 *
 * <p><b>Units.</b> A block here is 4 KiB ({@link io.spindrift.image.Image#BLOCK_BYTES}), counted from 0; logical blocks (LBA) stay
 * above the volume.
 *
 * <p><b>Threads.</b> {@link io.spindrift.image.LeasedImage} is bound to the home executor that was given at attach: every call comes on
 * it and every future completes on it. A catalog may be called from any thread; its futures complete on a thread of its own on which
 * nobody may block, so callers hop ({@code thenAcceptAsync(..., home)}).
 *
 * <p><b>Buffers.</b> Whoever receives a {@link io.netty.buffer.ByteBuf} in a result releases it. A batch's buffers belong to the image
 * from the call of {@code apply} on, which releases them whether it succeeds or fails.
 *
 * <p><b>Failures.</b> Futures fail with {@link io.spindrift.image.ImageException} only; its {@link io.spindrift.image.ImageFailure} is a
 * closed set, each named by what the caller must do.
 */
package io.spindrift.image;
