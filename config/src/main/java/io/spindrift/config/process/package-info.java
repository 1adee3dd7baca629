/**
 * A process and what it takes from its surroundings: threads, transports, clock and randomness ({@link io.spindrift.config.process.HostThreads}), the
 * log, signals, standard output, exit codes. Knows nothing of what the process serves.
 */
package io.spindrift.config.process;
