package io.spindrift.image;

import java.time.Instant;
import java.util.UUID;

/**
 * What the store knows of an image's last lease (law 3).
 *
 * @param epoch 0 where there never was one
 * @param hostName the holder's name for people; empty where there never was one
 * @param journalId the journal that the holder's writes went through; zero UUID where there never was one
 * @param lastHeard when the holder was last heard of
 * @param dirtyBytes bytes that the holder last said were not in the image yet; what {@code --accept-older} may give up
 */
public record LeaseInfo(State state, long epoch, UUID leaseId, UUID hostId, String hostName, UUID journalId, Instant lastHeard, long dirtyBytes) {
    /** The three states of a lease. */
    public enum State {
        /** Never held, or given back with everything in the image: any host may attach. */
        FREE,
        /** Held by a host that was heard of within the lease time. */
        HELD,
        /** Not given back, and the holder is silent: its journal may hold acknowledged writes. */
        DIRTY
    }
}
