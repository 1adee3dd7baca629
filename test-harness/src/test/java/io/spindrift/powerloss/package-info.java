/**
 * A file system that remembers what of it a power loss may take away. {@link io.spindrift.powerloss.RecordedFileSystem} stands in front of a real folder, so
 * that the code under test opens, writes, maps, renames and syncs real files; {@link io.spindrift.powerloss.RecordedDisk} keeps what was durable, every
 * change since, and makes folders as they may be found when the power comes back. One thread.
 */
package io.spindrift.powerloss;
