/** The bytes of SCSI: fields of command descriptor blocks, parameter data and mode pages. Knows no unit and no device. */
package io.spindrift.scsi.data;
