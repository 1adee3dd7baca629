/**
 * Sense data: what a command is refused with and how it is laid out in bytes (SPC-5 4.4), and the unit attentions that wait for
 * a nexus. Pure values and bytes; knows neither commands nor devices.
 */
package io.spindrift.scsi.sense;
