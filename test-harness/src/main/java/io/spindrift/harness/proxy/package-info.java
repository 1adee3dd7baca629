/**
 * A wide-area link between two programs on one machine: delay, rate, cuts and resets, for kernels without netem. One thread serves all
 * connections; the command line in {@link io.spindrift.harness.proxy.WanProxy} makes it.
 */
package io.spindrift.harness.proxy;
