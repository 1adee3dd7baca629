/** Where the blocks of an image lie, in memory: {@link io.spindrift.engine.map.BlockMap}. Everything here belongs to one thread. */
package io.spindrift.engine.map;
