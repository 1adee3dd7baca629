/**
 * {@code spindrift check}: looks at everything that a settings file names (caches, journals, the store), tells what is damaged, and puts good copies in its place
 * where that is asked for. Blocking, on the command's main thread.
 */
package io.spindrift.config.check;
