package io.spindrift.scsi.media;

import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.unit.LogicalUnit;
import io.spindrift.scsi.unit.UnitPart;

/** What the media commands keep for a unit. */
final class MediaPart implements UnitPart {
    private final LogicalUnit unit;
    private final TaskPool tasks;

    MediaPart(LogicalUnit unit, TaskPool tasks) {
        this.unit = unit;
        this.tasks = tasks;
    }

    static MediaPart of(LogicalUnit unit) {
        return unit.part(MediaPart.class);
    }

    /** A task for a command of the unit. */
    MediaTask task(ScsiCommand command) {
        return tasks.take(unit, command);
    }
}
