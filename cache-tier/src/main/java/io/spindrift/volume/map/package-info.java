/**
 * What a volume knows of its blocks: which are newer than the image and where they lie ({@link io.spindrift.volume.map.DirtyMap}), and which the
 * image is known not to hold ({@link io.spindrift.volume.map.ExtentMap}). Nothing here does I/O but the extent map, which asks the image; everything
 * lives on the volume's home loop.
 *
 * <p>A sector is 512 bytes, a block is 4 KiB: eight sectors.
 */
package io.spindrift.volume.map;
