/**
 * Flips single bits in everything that a host and a store keep, and on the wire between them, and shows that each is found and none is served: {@link
 * io.spindrift.harness.rot.Rot} over real files with the production classes. Which bytes mean anything is known here from the written formats, by code of its own.
 */
package io.spindrift.harness.rot;
