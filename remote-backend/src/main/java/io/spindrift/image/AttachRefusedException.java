package io.spindrift.image;

/** Why the lease was not given: the image as it is, for the operator. Carried as the cause of an INVALID {@link ImageException}. */
public final class AttachRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ImageInfo image;

    public AttachRefusedException(ImageInfo image, String message) {
        super(message);
        this.image = image;
    }

    /** The image and its lease at the moment of the refusal. */
    public ImageInfo image() {
        return image;
    }
}
