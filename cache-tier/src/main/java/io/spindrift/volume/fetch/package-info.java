/**
 * What comes from the image, and where it is kept: {@link io.spindrift.volume.fetch.FetchTable} shares one read among all who miss the same blocks,
 * {@link io.spindrift.volume.fetch.CacheFront} stands before the block cache, also while there is none yet. Everything lives on the home loop.
 */
package io.spindrift.volume.fetch;
