package io.spindrift.volume.fetch;

import io.spindrift.image.LeasedImage;
import io.spindrift.volume.map.ExtentMap;

/** The image as a volume sees it: itself, what is kept of it, what is known to be zeros, and what is on its way. */
public record ImageView(LeasedImage image, CacheFront cache, ExtentMap extents, FetchTable fetches) {}
