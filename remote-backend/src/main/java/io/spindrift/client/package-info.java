/**
 * The remote stub: {@link io.spindrift.client.RemoteCatalog} is an {@link io.spindrift.image.ImageCatalog} whose images lie behind a
 * storage server. One connection for all of a catalog's images; what is asked while it is away waits or, for verbs of the catalog, fails
 * with UNAVAILABLE after a stated time.
 *
 * <p><b>Threads.</b> Everything lives on the loop that the catalog was given. An image whose home is that loop costs no hop.
 *
 * <p><b>Every verb is repeated</b> after a reconnect until it is answered, in the order of the calls. A batch's data is kept until
 * then.
 */
package io.spindrift.client;
