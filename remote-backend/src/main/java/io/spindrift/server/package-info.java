/**
 * The storage server: {@link io.spindrift.server.StorageServer} accepts hosts, and answers each from the catalog of its user. It speaks
 * {@link io.spindrift.image.ImageCatalog} and {@link io.spindrift.image.LeasedImage} and knows nothing of what is behind them.
 *
 * <p><b>Threads.</b> A connection, its images and its queues live on the connection's event loop, which is the home of its images.
 */
package io.spindrift.server;
