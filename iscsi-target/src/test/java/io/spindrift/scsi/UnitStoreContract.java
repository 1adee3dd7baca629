package io.spindrift.scsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** What every {@link UnitStore} does. Extend it, give {@link #open}, and {@link #onHome} where the store has a loop of its own. */
public abstract class UnitStoreContract {
    /** A settled store without values. */
    protected abstract UnitStore open() throws Exception;

    /** Runs a call on the store's home loop. */
    protected <T> T onHome(Supplier<T> call) {
        return call.get();
    }

    protected final void save(UnitStore store, String name, byte[] value) throws Exception {
        end(onHome(() -> store.save(name, value)));
    }

    protected final byte[] load(UnitStore store, String name) {
        return onHome(() -> store.load(name));
    }

    /** Lets the store work until a save has ended, where nobody else does. */
    protected void runUntilEnded(CompletableFuture<Void> save) {}

    private void end(CompletableFuture<Void> save) throws ExecutionException, InterruptedException, TimeoutException {
        runUntilEnded(save);
        save.get(20, TimeUnit.SECONDS);
    }

    @Test
    void tellsWhatWasSavedLast() throws Exception {
        UnitStore store = open();
        assertTrue(onHome(store::isSettled));
        assertNull(load(store, "one"));
        save(store, "one", new byte[] {1, 2, 3});
        save(store, "two", new byte[0]);
        assertArrayEquals(new byte[] {1, 2, 3}, load(store, "one"));
        assertEquals(0, load(store, "two").length);
        save(store, "one", new byte[] {4});
        assertArrayEquals(new byte[] {4}, load(store, "one"));
    }

    @Test
    void tellsTheNewValueWhileItIsBeingSaved() throws Exception {
        UnitStore store = open();
        CompletableFuture<Void> first = onHome(() -> store.save("one", new byte[] {1}));
        CompletableFuture<Void> second = onHome(() -> store.save("one", new byte[] {2}));
        assertArrayEquals(new byte[] {2}, load(store, "one"));
        end(second);
        end(first);
        assertArrayEquals(new byte[] {2}, load(store, "one"));
    }

    @Test
    void givesCopies() throws Exception {
        UnitStore store = open();
        save(store, "one", new byte[] {1});
        load(store, "one")[0] = 9;
        assertArrayEquals(new byte[] {1}, load(store, "one"));
    }

    @Test
    void takesTheLargestValueAndRefusesALargerOne() throws Exception {
        UnitStore store = open();
        save(store, "large", new byte[UnitStore.MAX_VALUE_BYTES]);
        assertEquals(UnitStore.MAX_VALUE_BYTES, load(store, "large").length);
        refused(store, "large", new byte[UnitStore.MAX_VALUE_BYTES + 1]);
        assertEquals(UnitStore.MAX_VALUE_BYTES, load(store, "large").length);
    }

    @Test
    void refusesNamesThatAreNone() throws Exception {
        UnitStore store = open();
        for (String name : new String[] {"", "Upper", "a/b", "..", "a".repeat(33), null}) {
            refused(store, name, new byte[1]);
        }
    }

    @Test
    void refusesMoreNamesThanItMayHave() throws Exception {
        UnitStore store = open();
        for (int i = 0; i < UnitStore.MAX_NAMES; i++) {
            save(store, "name-" + i, new byte[] {(byte) i});
        }
        refused(store, "one-more", new byte[1]);
        assertNull(load(store, "one-more"));
        save(store, "name-3", new byte[] {33});
        assertArrayEquals(new byte[] {33}, load(store, "name-3"));
    }

    private void refused(UnitStore store, String name, byte[] value) {
        ExecutionException refusal = assertThrows(ExecutionException.class, () -> end(onHome(() -> store.save(name, value))));
        assertInstanceOf(IllegalArgumentException.class, refusal.getCause());
    }
}
