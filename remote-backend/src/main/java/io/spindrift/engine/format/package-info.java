/**
 * What the engine writes into a store: names of objects and layouts of their bytes, described in the module's README. Every parser
 * here refuses what is torn, foreign or of a newer version with one line that names the object. Nothing here has state or a thread.
 */
package io.spindrift.engine.format;
