/**
 * The assembly: threads, transports, executors, clock and randomness are taken from the surroundings here and handed to everything else.
 * {@link io.spindrift.config.daemon.HostDaemon} puts a host together, {@link io.spindrift.config.daemon.StorageDaemon} a storage server.
 */
package io.spindrift.config.daemon;
