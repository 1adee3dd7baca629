/**
 * The host's write-ahead log of one volume: the truth for what is not yet remote. Byte formats are in the module's README.
 *
 * <p>A journal lives on its volume's home loop; only its syncs run elsewhere. No dirty byte lives anywhere but here.
 */
package io.spindrift.journal;
