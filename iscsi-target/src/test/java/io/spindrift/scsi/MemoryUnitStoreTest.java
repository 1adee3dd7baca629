package io.spindrift.scsi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class MemoryUnitStoreTest extends UnitStoreContract {
    @Override
    protected UnitStore open() {
        return new MemoryUnitStore();
    }

    @Test
    void valuesThatComeLateTakeThePlaceOfThoseBefore() {
        MemoryUnitStore store = new MemoryUnitStore();
        AtomicInteger told = new AtomicInteger();
        store.listen(told::incrementAndGet);
        store.save("old", new byte[] {1}).join();
        store.unsettle();
        assertFalse(store.isSettled());
        store.settle(Map.of("new", new byte[] {2}));
        assertTrue(store.isSettled());
        assertEquals(1, told.get());
        assertNull(store.load("old"));
        assertArrayEquals(new byte[] {2}, store.load("new"));
    }

    @Test
    void aSaveThatFailsLeavesTheFormerValue() {
        MemoryUnitStore store = new MemoryUnitStore();
        store.save("one", new byte[] {1}).join();
        store.failing(true);
        assertTrue(store.save("one", new byte[] {2}).isCompletedExceptionally());
        assertArrayEquals(new byte[] {1}, store.load("one"));
    }
}
