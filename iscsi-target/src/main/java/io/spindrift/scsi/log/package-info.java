/**
 * What a unit tells of its health: log pages (SPC-5 7.3, SBC-4 6.4), thresholds of the space that it needs (SBC-4 4.7.3.8), diagnostics (SPC-5 7.2). Each target
 * has one {@link io.spindrift.scsi.log.LogFamily}, each unit one part of it. Everything lives on the target's home loop.
 */
package io.spindrift.scsi.log;
