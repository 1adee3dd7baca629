package io.spindrift.image;

/**
 * Bytes that are not what was written there.
 *
 * @param part where it was found
 * @param harm what comes of it
 * @param blocks whose they are; null where they are nobody's or it can't be told
 * @param place the object or file
 * @param offsetBytes in it; 0 where it is the whole
 * @param what one line
 */
public record Damage(Part part, Harm harm, Blocks blocks, String place, long offsetBytes, String what) {
    /** What can be damaged. */
    public enum Part { CACHE, JOURNAL, STORE }

    /** From worst to least. */
    public enum Harm {
        /** Reads of these blocks, or the opening of this image or journal, are refused. */
        REFUSED,
        /** Another copy or an older state of it is used in its place; nothing is lost. */
        REPLACED,
        /** Nothing refers to these bytes any more. */
        UNUSED
    }

    /**
     * Consecutive blocks of an image.
     *
     * @param image its address, or its id where it has no name
     * @param firstBlock -1 where it is the image as a whole
     */
    public record Blocks(String image, long firstBlock, long blockCount) {
        public static Blocks whole(String image) {
            return new Blocks(image, -1, 0);
        }

        /** The first logical block of 512 bytes; -1 where it is the image as a whole. */
        public long lba() {
            return firstBlock < 0 ? -1 : firstBlock * (Image.BLOCK_BYTES / 512);
        }
    }
}
