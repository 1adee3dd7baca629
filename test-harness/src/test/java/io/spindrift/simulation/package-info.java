/**
 * The whole system on one thread under one seed: real production code from initiator to store, a simulated clock, network, disk and store,
 * and an oracle that holds each volume's history and checks after every recovery what must hold. What fails is a seed and a commit, and
 * replays exactly.
 *
 * <p>Every process has an event loop of its own, and all loops are run by the one thread of {@link io.spindrift.simulation.SimulatedWorld}: a
 * process is killed by never running its loop again. Processes reach each other through {@link io.spindrift.simulation.SimulatedLink} only.
 */
package io.spindrift.simulation;
