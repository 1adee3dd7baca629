/**
 * Looking at everything that a volume keeps, before somebody needs it: {@link io.spindrift.volume.scrub.Scrubber} lives on the home loop, reads away from it, and
 * gives way to guests.
 */
package io.spindrift.volume.scrub;
