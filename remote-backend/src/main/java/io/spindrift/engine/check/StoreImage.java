package io.spindrift.engine.check;

import io.spindrift.engine.format.FramedFormat.NameVersion;
import io.spindrift.engine.log.ImageHistory;
import io.spindrift.image.ImageAddress;

/** An image that a name leads to. */
public record StoreImage(ImageAddress address, NameVersion content) {
    /** As its name says it was created. */
    ImageHistory fresh() {
        return new ImageHistory(content.imageId(), content.sizeBlocks(), content.timeMs());
    }
}
