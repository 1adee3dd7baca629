package io.spindrift.scsi;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Keeps values for as long as the object lives: for disks in memory, and for tests, which may also make it late ({@link #unsettle}) or let it
 * fail ({@link #failing}). Made by the assembly; lives on the target's home loop.
 */
public final class MemoryUnitStore implements UnitStore {
    private final Map<String, byte[]> values = new HashMap<>();
    private boolean settled = true;
    private boolean failing;
    private Runnable listener;

    @Override
    public byte[] load(String name) {
        byte[] value = values.get(name);
        return value == null ? null : value.clone();
    }

    @Override
    public CompletableFuture<Void> save(String name, byte[] value) {
        try {
            UnitStore.check(name, value);
        } catch (IllegalArgumentException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        if (!values.containsKey(name) && values.size() == MAX_NAMES) {
            return CompletableFuture.failedFuture(new IllegalArgumentException("at most " + MAX_NAMES + " values are kept"));
        }
        if (failing) {
            return CompletableFuture.failedFuture(new IOException("the store was told to fail"));
        }
        values.put(name, value.clone());
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public boolean isSettled() {
        return settled;
    }

    @Override
    public void listen(Runnable changed) {
        listener = changed;
    }

    /** From here on saves fail, or no longer. */
    public void failing(boolean fails) {
        failing = fails;
    }

    /** From here on the values are not the last word. */
    public void unsettle() {
        settled = false;
    }

    /** The values of {@code truth} take the place of all that is here, and they are the last word. */
    public void settle(Map<String, byte[]> truth) {
        values.clear();
        values.putAll(truth);
        settled = true;
        if (listener != null) {
            listener.run();
        }
    }
}
