package io.spindrift.image;

/** The one exception of this package. The message is a single line that is fit for the operator. */
public final class ImageException extends Exception {
    private static final long serialVersionUID = 1L;

    private final ImageFailure failure;

    public ImageException(ImageFailure failure, String message) {
        super(message);
        this.failure = failure;
    }

    public ImageException(ImageFailure failure, String message, Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    public ImageFailure failure() {
        return failure;
    }

    /** The image failure behind {@code thrown}, unwrapping what futures wrap; anything else is a defect and shows as INVALID. */
    public static ImageException of(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof ImageException known ? known : new ImageException(ImageFailure.INVALID, String.valueOf(cause), cause);
    }
}
