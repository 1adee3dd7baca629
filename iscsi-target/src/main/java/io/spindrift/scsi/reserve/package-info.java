/**
 * Reservations (SPC-5 5.14, SPC-2 5.5): {@link io.spindrift.scsi.reserve.PersistentReservations} is what holds now,
 * {@link io.spindrift.scsi.reserve.PersistentRules} says what a PERSISTENT RESERVE OUT makes of it, both pure values;
 * {@link io.spindrift.scsi.reserve.UnitReservations} keeps them for a unit and refuses what conflicts. Lives on the target's home loop.
 */
package io.spindrift.scsi.reserve;
