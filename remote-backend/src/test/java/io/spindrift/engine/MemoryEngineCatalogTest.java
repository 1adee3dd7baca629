package io.spindrift.engine;

import io.spindrift.image.CatalogUnderTest;
import io.spindrift.image.ImageCatalogContract;
import io.spindrift.store.MemoryStore;

class MemoryEngineCatalogTest extends ImageCatalogContract {
    @Override
    protected CatalogUnderTest setUp() throws Exception {
        return new EngineSetup(new MemoryStore());
    }
}
