package io.spindrift.image;

class MemoryImageTest extends ImageContract {
    @Override
    protected CatalogUnderTest setUp() {
        return new MemorySetup();
    }
}
