/**
 * Checkpoints as bytes: the manifest, and the pieces that it names. Layouts are described in the module's README; nothing here has state or a thread.
 */
package io.spindrift.engine.manifest;
