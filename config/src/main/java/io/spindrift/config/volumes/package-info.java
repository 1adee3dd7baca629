/**
 * The volumes that a host serves: opened from their parts, presented under a target, made, resized and deleted while the daemon runs, kept in
 * {@code volumes.yaml}. {@link io.spindrift.config.volumes.HostControls} is how REST reaches them.
 */
package io.spindrift.config.volumes;
