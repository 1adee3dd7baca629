/**
 * What is fetched before it is asked for, always behind demand: sequential streams, the boot profile, and idle hydration of the rest. Everything lives on
 * the home loop. To change what is prefetched, change this package only.
 */
package io.spindrift.volume.prefetch;
