/**
 * The seam every disk of Spindrift speaks: {@link io.spindrift.block.BlockDevice}, and the devices that ship with the
 * product for tests and measurement (memory, null, delay, error).
 *
 * <p><b>Threads.</b> A device belongs to one home event loop. Every method is called on that loop, and every
 * {@link io.spindrift.block.Completion} runs on it, either before the method returns or later.
 *
 * <p><b>Buffers.</b> A buffer that is handed to a device stays the caller's: the device neither releases it nor moves its
 * indices, and the caller keeps it alive and unchanged until the completion has run, or until {@code cancel} answered true.
 *
 * <p><b>Failures.</b> {@link io.spindrift.block.BlockFailure} is the closed set; each is named by what the caller must do.
 * A method that throws has a defect; it has not taken the request and will not call its completion.
 */
package io.spindrift.block;
