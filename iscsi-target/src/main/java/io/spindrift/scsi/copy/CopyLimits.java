package io.spindrift.scsi.copy;

/** How much one copy may ask for, as OPERATING PARAMETERS and the Third-party Copy page tell it, and how much is done at once. */
final class CopyLimits {
    /** CSCD descriptors in one list. */
    static final int CSCDS = 16;
    /** Segment descriptors in one list. */
    static final int SEGMENTS = 16;
    /** Bytes of all descriptors of one list. */
    static final int DESCRIPTOR_BYTES = CSCDS * CscdDescriptor.LENGTH + SEGMENTS * SegmentDescriptor.LENGTH;
    /** Bytes that one segment moves. */
    static final int SEGMENT_BYTES = 32 << 20;
    /** No inline data: there is no segment descriptor that would use it. */
    static final int INLINE_BYTES = 0;
    /** Copies that one unit's copy manager has under way; each has one chunk in memory. */
    static final int CONCURRENT = 8;
    /** What is read, then written, in one piece, in bytes; a multiple of every block length. */
    static final int CHUNK_BYTES = 512 << 10;
    /** The most that is deallocated in one piece, in bytes, so that an abort is heard in between. */
    static final long UNMAP_BYTES = 512L << 20;
    /** Data is copied in units of 2^9 bytes. */
    static final int GRANULARITY_SHIFT = 9;

    private CopyLimits() {}
}
