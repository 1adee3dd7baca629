package io.spindrift.client;

import io.spindrift.image.CatalogUnderTest;
import io.spindrift.image.ImageCatalogContract;

class RemoteLocalCatalogTest extends ImageCatalogContract {
    @Override
    protected CatalogUnderTest setUp() throws Exception {
        return new RemoteSetup(RemoteSetup.Transport.LOCAL);
    }
}
