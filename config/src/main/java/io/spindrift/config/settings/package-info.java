/**
 * The settings file: which keys there are ({@link io.spindrift.config.settings.SettingKey}), how values are written, and the records
 * that come out. Reading touches nothing: no folder is made before the whole file is known to be good. Everything here runs on the
 * main thread before anything is started.
 */
package io.spindrift.config.settings;
