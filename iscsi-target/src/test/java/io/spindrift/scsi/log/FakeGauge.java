package io.spindrift.scsi.log;

import io.spindrift.scsi.SpaceGauge;
import java.util.EnumMap;
import java.util.Map;

/** Says what it was told to say. */
final class FakeGauge implements SpaceGauge {
    private final Map<Place, Space> readings = new EnumMap<>(Place.class);
    private Runnable listener;

    @Override
    public Space read(Place place) {
        return readings.get(place);
    }

    @Override
    public void listen(Runnable changed) {
        listener = changed;
    }

    boolean isListenedTo() {
        return listener != null;
    }

    void set(Place place, long usedBytes, long capacityBytes) {
        readings.put(place, new Space(usedBytes, capacityBytes));
        if (listener != null) {
            listener.run();
        }
    }
}
