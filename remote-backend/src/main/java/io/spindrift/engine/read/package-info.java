/**
 * Reading blocks: {@link io.spindrift.engine.read.BlockReader} plans on the engine's loop, {@link io.spindrift.engine.read.ReadQueue}
 * decides whose turn it is, the store is read on the blocking executor.
 */
package io.spindrift.engine.read;
