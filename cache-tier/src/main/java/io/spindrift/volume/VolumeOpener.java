package io.spindrift.volume;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.blockcache.BlockCache;
import io.spindrift.image.AttachRefusedException;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseInfo;
import io.spindrift.image.LeasedImage;
import io.spindrift.journal.Journal;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a volume to life and to its end: journal, lease, recovery, cache; and back.
 *
 * <p><b>Order.</b> The journal is opened; the image is looked at; a journal that is not of its history is set aside and a fresh one made, so that the
 * identity under which the lease is taken is durable and has nothing foreign in it; the image's lease as it was seen is noted in the journal; the lease is
 * taken, if that one is still the last; where the journal is that of the lease before, and the epochs follow each other, its records above the image's applied sequence are
 * replayed; the new lease is noted; the volume serves; the cache comes when it comes.
 *
 * <p>Made by the assembly, one for each volume; everything runs on the home loop. What can't be reached is tried again.
 */
public final class VolumeOpener implements DataPath.Owner {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeOpener.class);

    private static final long CACHE_RETRY_SECONDS = 30;
    private static final Completion NOBODY = new Completion() {
        @Override
        public void done() {
            LOG.trace("a journal that nobody needs is closed");
        }

        @Override
        public void failed(BlockFailure why) {
            LOG.debug("a journal that nobody needs could not be closed: {}", why);
        }
    };

    private final VolumeSettings settings;
    private final VolumeHost host;
    private final EventExecutor home;
    private final CachedVolume volume;
    private Journal journal;
    private BlockCache cache;
    private CompletableFuture<Void> cacheOpening = CompletableFuture.completedFuture(null);
    private Instant acceptOlder;
    private boolean trying;
    /** Done when the attempt under way, or the last one, has come to something. */
    private CompletableFuture<Void> attempt = CompletableFuture.completedFuture(null);
    private boolean closed;
    private DataPath recovering;
    /** Why the journal could not be replayed, though it is of the image's history; null otherwise. */
    private String gap;

    public VolumeOpener(VolumeSettings settings, VolumeHost host) {
        this.settings = settings;
        this.host = host;
        this.home = host.home();
        this.volume = new CachedVolume(home, settings, this);
    }

    /** The device, which answers from here on and serves when it is ready. Any thread, once. */
    public CachedVolume open() {
        home.execute(this::begin);
        return volume;
    }

    private void begin() {
        attempting();
        then(host.journals().open(), opened -> {
            journal = opened;
            look();
        }, "the journal can't be opened");
    }

    /** Goes on with a result on the home loop; a failure is told and tried again later, from the beginning or from the look at the image. */
    private <T> void then(CompletableFuture<T> step, Consumer<T> next, String trouble) {
        step.whenCompleteAsync((value, thrown) -> {
            if (closed) {
                return;
            }
            if (thrown == null) {
                next.accept(value);
            } else {
                failed(trouble, Failures.of(thrown));
            }
        }, home);
    }

    private void failed(String trouble, ImageException failure) {
        String why = trouble + ": " + failure.getMessage();
        boolean waits = failure.failure() == ImageFailure.UNAVAILABLE || failure.failure() == ImageFailure.FULL;
        if (failure.getCause() instanceof AttachRefusedException refused) {
            refused(refused.image());
        } else {
            volume.state(waits ? VolumeState.OPENING : VolumeState.REFUSED, why);
        }
        again();
    }

    private void attempting() {
        trying = true;
        attempt = new CompletableFuture<>();
    }

    private void attempted() {
        trying = false;
        attempt.complete(null);
    }

    private void again() {
        attempted();
        home.schedule(this::retry, settings.waits().standby().toNanos(), TimeUnit.NANOSECONDS);
    }

    private void retry() {
        if (!closed && !trying && volume.state() != VolumeState.READY && volume.state() != VolumeState.FENCED) {
            if (journal == null) {
                begin();
            } else {
                attempting();
                look();
            }
        }
    }

    private void look() {
        host.catalog().show(settings.address()).whenCompleteAsync((info, thrown) -> {
            if (closed) {
                return;
            }
            if (thrown == null) {
                decide(info);
            } else if (ImageException.of(thrown).failure() == ImageFailure.INVALID) {
                then(host.catalog().create(settings.address(), settings.sizeBytes()), this::decide, "the image can't be created");
            } else {
                failed("the image can't be reached", ImageException.of(thrown));
            }
        }, home);
    }

    private void decide(ImageInfo info) {
        volume.sized(info.sizeBytes());
        boolean own = JournalHistory.isOf(journal, info);
        LeaseInfo lease = info.lease();
        boolean accepted = lease.state() == LeaseInfo.State.DIRTY && info.lastApplied().equals(acceptOlder);
        if (!own && lease.state() != LeaseInfo.State.FREE && !accepted && !lease.journalId().equals(journal.id())) {
            refused(info);
            again();
            return;
        }
        if (own && gap != null && !info.lastApplied().equals(acceptOlder)) {
            volume.state(VolumeState.REFUSED, gap + "; accept the image as it is with --accept-older " + info.lastApplied());
            again();
            return;
        }
        String foreign = own ? gap : JournalHistory.foreign(journal, info);
        if (foreign != null) {
            LOG.warn("volume {}: the journal is set aside: {}", settings.address(), foreign);
            then(host.journals().setAside(journal, foreign), fresh -> {
                journal = fresh;
                gap = null;
                look();
            }, "the journal can't be set aside");
        } else {
            noteThenAttach(info);
        }
    }

    /** So that after a death between here and {@link #attached} the journal still shows which lease it saw last. */
    private void noteThenAttach(ImageInfo info) {
        HistoryPoint seen = new HistoryPoint(info.imageId(), info.lease().epoch(), info.lease().leaseId(), info.appliedSequence());
        journal.begin(seen, new Noted(() -> {
            AttachRequest request = new AttachRequest(host.identity(), journal.id(), acceptOlder, info.lease().epoch());
            CompletableFuture<LeasedImage> given = host.catalog().attach(settings.address(), request, home);
            given.whenCompleteAsync((image, thrown) -> {
                if (closed && image != null) {
                    // The lease stays with this journal, which may hold what the image does not.
                    image.close();
                }
            }, home);
            then(given, image -> attached(info, image), "the lease was not given");
        }));
    }

    private void attached(ImageInfo info, LeasedImage image) {
        Lease lease = image.lease();
        boolean followed = lease.epoch() == info.lease().epoch() + 1 && lease.previousJournalId().equals(info.lease().journalId());
        if (!followed) {
            // Not what was asked for. It is not given back: the journal may hold what the image does not, and must be judged again.
            LOG.warn("volume {}: lease {} does not follow lease {}, which was seen", settings.address(), lease.epoch(), info.lease().epoch());
            image.close();
            again();
            return;
        }
        DataPath path = new DataPath(host, settings, journal, image, info.sizeBytes(), this);
        recovering = path;
        if (!lease.previousJournalId().equals(journal.id())) {
            note(path);
            return;
        }
        new JournalReplay(home, journal, path.dirty, lease.applied().sequence()).start(told -> {
            if (!closed && told == null) {
                note(path);
            } else if (!closed) {
                gap = told;
                abandon();
                again();
            }
        });
    }

    /** Gives up an attach that did not come to serving; the lease stays with this journal. */
    private void abandon() {
        if (recovering != null) {
            recovering.stop(BlockFailure.CLOSED, "given up");
            recovering.image.close();
            recovering = null;
        }
    }

    private void note(DataPath path) {
        Lease lease = path.image.lease();
        HistoryPoint point = new HistoryPoint(lease.applied().imageId(), lease.epoch(), lease.leaseId(), lease.applied().sequence());
        journal.begin(point, new Noted(() -> {
            recovering = null;
            path.start();
            volume.serve(path);
            openCache(path);
            attempted();
        }));
    }

    private void openCache(DataPath path) {
        cacheOpening = host.caches().get().handleAsync((opened, thrown) -> {
            cache = opened;
            if (closed) {
                return null; // who closes the volume waits for this, and closes the cache
            }
            if (volume.state() != VolumeState.READY) {
                closeCache();
            } else if (opened == null) {
                path.view.cache().absent(thrown == null ? "none is configured" : String.valueOf(thrown.getMessage()));
                if (thrown != null) {
                    cacheLater(path, thrown);
                }
            } else {
                path.view.cache().attach(opened);
            }
            return null;
        }, home);
    }

    /** What keeps a cache from being opened, a disk without room say, may pass. */
    private void cacheLater(DataPath path, Throwable thrown) {
        LOG.warn("volume {}: no cache for the time being: {}", settings.address(), Failures.of(thrown).getMessage());
        home.schedule(() -> {
            if (!closed && volume.path() == path) {
                openCache(path);
            }
        }, CACHE_RETRY_SECONDS, TimeUnit.SECONDS);
    }

    /** Says in one line who has the lease and what it takes to get it. */
    private void refused(ImageInfo info) {
        LeaseInfo lease = info.lease();
        if (lease.state() == LeaseInfo.State.DIRTY) {
            volume.state(VolumeState.REFUSED, "host " + lease.hostName() + " had " + lease.dirtyBytes() + " bytes that are not in the image when last heard of at "
                    + lease.lastHeard() + "; wait for it, or give up what it has with --accept-older " + info.lastApplied());
        } else {
            volume.state(VolumeState.STANDBY, "host " + lease.hostName() + " has the lease (epoch " + lease.epoch() + ", last heard of at " + lease.lastHeard() + ")");
        }
    }

    /** @return done when an attempt that knew of it has come to something */
    CompletableFuture<Void> acceptOlder(Instant time) {
        acceptOlder = time;
        if (trying) {
            return attempt.thenCompose(ended -> trying ? attempt : acceptOlder(time));
        }
        retry();
        return attempt;
    }

    /** What the journal has and the image will never get is set aside at once, so that the operator can look at it while this process runs. */
    @Override
    public void fenced(String reason) {
        DataPath path = volume.path();
        volume.fence(reason);
        if (closed || path == null || path.isClean() || volume.state() != VolumeState.FENCED) {
            return;
        }
        String why = "this host was fenced with " + path.dirty.dirtyBytes() + " bytes that are not in the image: " + reason;
        host.journals().setAside(journal, why).whenCompleteAsync((fresh, thrown) -> {
            if (thrown != null) {
                LOG.warn("volume {}: the journal can't be set aside before the next start: {}", settings.address(), Failures.of(thrown).getMessage());
            } else if (closed) {
                fresh.close(NOBODY);
            } else {
                journal = fresh;
            }
        }, home);
    }

    @Override
    public void resized(long sizeBytes) {
        volume.sized(sizeBytes);
    }

    @Override
    public void journalMoved() {
        volume.journalMoved();
    }

    /** Ends everything; see {@link CachedVolume#shutDown}. @param spentNanos of the close timeout */
    CompletableFuture<CloseResult> close(DataPath path, long spentNanos) {
        closed = true;
        attempt.complete(null);
        abandon();
        VolumeCloser closer = new VolumeCloser(home, settings.waits().close().toNanos() - spentNanos, journal, path);
        return closer.close().thenCompose(result -> cacheOpening.thenCompose(opened -> closeCache()).thenApply(done -> result));
    }

    private CompletableFuture<Void> closeCache() {
        BlockCache open = cache;
        cache = null;
        if (open == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> done = new CompletableFuture<>();
        host.blocking().execute(() -> {
            open.close();
            home.execute(() -> done.complete(null));
        });
        return done;
    }

    /** Goes on when the journal has noted a lease. */
    private final class Noted implements Completion {
        private final Runnable next;

        Noted(Runnable next) {
            this.next = next;
        }

        @Override
        public void done() {
            if (!closed) {
                next.run();
            }
        }

        @Override
        public void failed(BlockFailure failure) {
            if (failure == BlockFailure.FULL && !closed) {
                abandon();
                volume.state(VolumeState.OPENING, "the journal's disk is full");
                again();
                return;
            }
            volume.state(VolumeState.REFUSED, "the journal can't be written: " + failure);
            attempt.complete(null);
        }
    }
}
