package io.spindrift.engine;

import io.spindrift.engine.manifest.LeaseSpan;
import io.spindrift.engine.format.LogEntry;
import io.spindrift.engine.log.ImageHistory;
import io.spindrift.image.AttachRefusedException;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.Image;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseInfo;
import java.time.Instant;

/** The rules of law 3: who may have the lease, and how an image's state reads for people. Has no state. */
final class LeaseDesk {
    private LeaseDesk() {}

    /** What is known of the holder besides the log. */
    record Holder(long lastHeardMs, long dirtyBytes) {}

    static ImageInfo info(ImageAddress address, ImageHistory history, long allocatedBlocks, LeaseInfo lease) {
        return new ImageInfo(address, history.imageId(), history.sizeBlocks() * Image.BLOCK_BYTES, allocatedBlocks * Image.BLOCK_BYTES,
                history.appliedSequence(), Instant.ofEpochSecond(Math.floorDiv(history.appliedMs(), 1000L)), lease);
    }

    static LeaseInfo lease(LeaseSpan span, Holder holder, long nowMs, long leaseTimeMs) {
        LogEntry.LeaseFacts facts = span.facts();
        if (span.epoch() == 0) {
            return new LeaseInfo(LeaseInfo.State.FREE, 0, span.leaseId(), facts.hostId(), "", facts.journalId(), Instant.EPOCH, 0);
        }
        boolean silent = nowMs - holder.lastHeardMs >= leaseTimeMs;
        LeaseInfo.State state = span.released() ? LeaseInfo.State.FREE : silent ? LeaseInfo.State.DIRTY : LeaseInfo.State.HELD;
        return new LeaseInfo(state, span.epoch(), span.leaseId(), facts.hostId(), facts.hostName(), facts.journalId(),
                Instant.ofEpochMilli(holder.lastHeardMs), span.released() ? 0 : holder.dirtyBytes);
    }

    /** Why the lease is not given; null where it is. */
    static ImageException refusal(ImageInfo image, AttachRequest request) {
        LeaseInfo lease = image.lease();
        if (request.isOutdated(lease.epoch())) {
            return new ImageException(ImageFailure.UNAVAILABLE, image.address() + " was leased meanwhile: lease " + lease.epoch() + " followed "
                    + request.seenEpoch() + "; it must be looked at again");
        }
        boolean same = lease.epoch() > 0 && lease.journalId().equals(request.journalId());
        if (same || lease.state() == LeaseInfo.State.FREE) {
            return null;
        }
        String holder = image.address() + " is leased to " + lease.hostName();
        if (lease.state() == LeaseInfo.State.HELD) {
            return refused(image, holder + ", last heard of at " + second(lease.lastHeard()) + " with " + lease.dirtyBytes()
                    + " bytes not in the image yet; it must give the lease back first");
        }
        if (request.acceptOlder() == null) {
            return refused(image, holder + ", silent since " + second(lease.lastHeard()) + " with " + lease.dirtyBytes()
                    + " bytes not in the image; wait for that host, or give those bytes up with --accept-older " + image.lastApplied());
        }
        if (!second(request.acceptOlder()).equals(image.lastApplied())) {
            return refused(image, holder + ", and the state in the image is of " + image.lastApplied() + ", not of "
                    + second(request.acceptOlder()) + "; to accept it: --accept-older " + image.lastApplied());
        }
        return null;
    }

    private static ImageException refused(ImageInfo image, String message) {
        return new ImageException(ImageFailure.INVALID, message, new AttachRefusedException(image, message));
    }

    private static Instant second(Instant time) {
        return Instant.ofEpochSecond(time.getEpochSecond());
    }

    /** The present lease as it was given, or as it is taken up again after it has applied something. */
    static Lease granted(ImageHistory history) {
        LeaseSpan now = history.lease();
        LeaseSpan before = history.previousLease();
        HistoryPoint applied = history.appliedUnder(history.appliedSequence() > now.fromSequence() ? now : before);
        return new Lease(now.epoch(), now.leaseId(), before.facts().journalId(), before.released(), applied);
    }
}
