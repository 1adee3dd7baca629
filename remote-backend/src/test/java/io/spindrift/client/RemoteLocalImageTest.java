package io.spindrift.client;

import io.spindrift.image.CatalogUnderTest;
import io.spindrift.image.ImageContract;

class RemoteLocalImageTest extends ImageContract {
    @Override
    protected CatalogUnderTest setUp() throws Exception {
        return new RemoteSetup(RemoteSetup.Transport.LOCAL);
    }
}
