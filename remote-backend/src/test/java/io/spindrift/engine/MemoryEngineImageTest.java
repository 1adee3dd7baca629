package io.spindrift.engine;

import io.spindrift.image.CatalogUnderTest;
import io.spindrift.image.ImageContract;
import io.spindrift.store.MemoryStore;

class MemoryEngineImageTest extends ImageContract {
    @Override
    protected CatalogUnderTest setUp() throws Exception {
        return new EngineSetup(new MemoryStore());
    }
}
