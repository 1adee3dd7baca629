package io.spindrift.volume.fetch;

import io.netty.buffer.ByteBuf;
import io.spindrift.image.ImageException;

/** Who waits for blocks of the image. Of every block that it asked for it is told once, by one of the three. */
public interface FetchWaiter {
    /** Nobody waits any more: tell it nothing. */
    boolean gone();

    /** The image's bytes of {@code count} blocks, from the absolute index {@code index} on; the buffer is not to be kept. */
    void arrived(long firstBlock, int count, ByteBuf data, int index);

    /** What came is older than what the image holds now: look these blocks up again. */
    void again(long firstBlock, int count);

    /** Never UNAVAILABLE: that is tried again for as long as somebody waits. */
    void failed(ImageException failure);
}
