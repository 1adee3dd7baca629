/**
 * The assembly: {@link io.spindrift.config.daemon.HostDaemon} puts a host together, {@link io.spindrift.config.daemon.StorageDaemon} a storage
 * server. What is taken from the surroundings for them lies in {@code process}, what a host serves in {@code volumes}.
 */
package io.spindrift.config.daemon;
