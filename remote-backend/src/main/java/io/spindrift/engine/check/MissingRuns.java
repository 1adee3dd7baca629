package io.spindrift.engine.check;

import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.map.Place;
import io.spindrift.image.Damage.Blocks;
import io.spindrift.image.Damage.Harm;

/** Gathers blocks whose entry can't be read into runs, and tells of each run. */
final class MissingRuns {
    private final ImageCheck image;
    private long first = -1;
    private long count;
    private long number;

    MissingRuns(ImageCheck image) {
        this.image = image;
    }

    void add(long block, long place) {
        if (first >= 0 && block == first + count && Place.number(place) == number) {
            count++;
            return;
        }
        end();
        first = block;
        count = 1;
        number = Place.number(place);
    }

    void end() {
        if (first >= 0) {
            image.tell(Harm.REFUSED, new Blocks(image.name(), first, count), ObjectNames.logEntry(image.imageId(), number), 0,
                    "the segment is missing or its header can't be read");
        }
        first = -1;
    }
}
