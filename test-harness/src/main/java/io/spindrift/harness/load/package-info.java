/**
 * A load generator that measures any iSCSI target ({@link io.spindrift.harness.load.LoadMeter}), and the command line of the harness's
 * programs. One thread, nothing but the JDK.
 */
package io.spindrift.harness.load;
