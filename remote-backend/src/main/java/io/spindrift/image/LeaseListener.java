package io.spindrift.image;

/** Hears what befalls a leased image. Called on the image's home executor. */
public interface LeaseListener {
    /** A newer epoch exists: nothing more will be applied or read. Called once. */
    void fenced(String reason);

    /** The way to the storage server is gone ({@code false}) or back ({@code true}). An embedded store never calls it. */
    void linkChanged(boolean up, String reason);

    /** The image has grown. */
    void resized(long newSizeBytes);
}
