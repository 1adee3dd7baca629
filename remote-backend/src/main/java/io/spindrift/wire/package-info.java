/**
 * The bytes between a host and a storage server: {@link io.spindrift.wire.WireFormat} says what they are, {@link
 * io.spindrift.wire.WireConnection} keeps one connection of them. Both ends are built on this package; it knows nothing of either.
 *
 * <p><b>Threads.</b> Everything of a connection runs on its channel's event loop.
 *
 * <p><b>Buffers.</b> A body that is handed to a writer belongs to it; a body that a reader delivers belongs to the receiver.
 */
package io.spindrift.wire;
