package io.spindrift.scsi.copy;

import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;

/** A parameter list that is refused before anything is copied. Carries no stack trace: a peer may cause as many as it likes. */
final class CopyListException extends Exception {
    private static final long serialVersionUID = 1;

    private final transient SenseData sense;

    CopyListException(SenseData sense) {
        super(sense.toString(), null, false, false);
        this.sense = sense;
    }

    CopyListException(AdditionalSense sense) {
        this(SenseData.of(sense));
    }

    SenseData sense() {
        return sense;
    }
}
