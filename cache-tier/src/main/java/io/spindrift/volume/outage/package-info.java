/**
 * What a volume does when its image is away, or takes less than the guest writes: how it stands to the image, how fast writes may come, how much may be
 * lost with the host. Everything here lives on the home loop and takes its time from the loop's ticker.
 */
package io.spindrift.volume.outage;
