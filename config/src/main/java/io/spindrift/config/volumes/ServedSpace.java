package io.spindrift.config.volumes;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.scsi.SpaceGauge;
import io.spindrift.volume.CachedVolume;

/** Where a served volume's data goes: its journal, and the store of its image. Made by {@link ServedVolume} for a logical unit; lives on the home loop. */
final class ServedSpace implements SpaceGauge {
    private final CachedVolume volume;
    private final StoreSpace store;
    private final EventExecutor home;
    private final Runnable storeChanged = this::storeChanged;
    private Runnable listener;

    ServedSpace(CachedVolume volume, StoreSpace store, EventExecutor home) {
        this.volume = volume;
        this.store = store;
        this.home = home;
    }

    @Override
    public Space read(Place place) {
        if (place == Place.STORE) {
            return volume.storeIsFull() ? full(store.latest()) : store.latest();
        }
        long capacity = volume.journalCapacityBytes();
        return capacity == 0 ? null : new Space(volume.journalUsedBytes(), capacity);
    }

    /** A store that has refused a batch for lack of room has none, whatever else is known of it. */
    private Space full(Space known) {
        long capacity = known == null ? volume.geometry().capacityBytes() : known.capacityBytes();
        return new Space(capacity, capacity);
    }

    @Override
    public void listen(Runnable changed) {
        listener = changed;
        volume.listenToJournal(changed);
        store.forget(storeChanged);
        if (changed != null) {
            store.listen(storeChanged);
        }
    }

    private void storeChanged() {
        home.execute(() -> {
            if (listener != null) {
                listener.run();
            }
        });
    }
}
