package io.spindrift.store;

class MemoryStoreTest extends SegmentStoreContract {
    @Override
    protected SegmentStore open() {
        return new MemoryStore();
    }
}
