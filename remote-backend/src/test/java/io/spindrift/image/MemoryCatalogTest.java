package io.spindrift.image;

class MemoryCatalogTest extends ImageCatalogContract {
    @Override
    protected CatalogUnderTest setUp() {
        return new MemorySetup();
    }
}
