package io.spindrift.engine;

import io.spindrift.image.CatalogUnderTest;
import io.spindrift.image.ImageCatalogContract;
import io.spindrift.store.DirectoryStore;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DirectoryEngineCatalogTest extends ImageCatalogContract {
    @TempDir
    Path folder;

    @Override
    protected CatalogUnderTest setUp() throws Exception {
        return new EngineSetup(new DirectoryStore(folder.resolve("store")));
    }
}
