/** What a logical unit keeps for longer than a daemon runs (reservations, mode pages): with the image, and in a file of this host's. */
package io.spindrift.config.kept;
