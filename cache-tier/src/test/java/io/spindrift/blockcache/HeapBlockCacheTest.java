package io.spindrift.blockcache;

class HeapBlockCacheTest extends BlockCacheContract {
    @Override
    protected BlockCache make() {
        return new HeapBlockCache(100);
    }
}
