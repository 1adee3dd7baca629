package io.spindrift.volume;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.journal.Journal;
import io.spindrift.volume.destage.DestageHost;
import io.spindrift.volume.destage.DestageSettings;
import io.spindrift.volume.destage.Destager;
import io.spindrift.volume.fetch.CacheFront;
import io.spindrift.volume.fetch.FetchTable;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;
import io.spindrift.volume.map.ExtentMap;
import io.spindrift.volume.map.ExtentReports;
import io.spindrift.volume.outage.ImageLink;
import io.spindrift.volume.outage.LinkState;
import io.spindrift.volume.outage.RecoveryPoint;
import io.spindrift.volume.outage.RecoveryWatch;
import io.spindrift.volume.outage.WritePace;
import io.spindrift.volume.prefetch.Prefetcher;
import io.spindrift.volume.prefetch.WarmUps;
import io.spindrift.volume.scrub.Scrubber;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A volume that has its lease: journal, dirty map, cache and image, and the ways through them. Made by {@link VolumeOpener} at each attach; lives on the
 * home loop; {@link #stop} ends it, journal and image are closed by who made them.
 */
final class DataPath implements Destager.Listener, LeaseListener {
    private static final long EXTENT_MAP_BYTES = 16 << 20;

    /** Hears what the volume has to tell its initiators. */
    interface Owner {
        void fenced(String reason);

        void resized(long sizeBytes);

        /** The journal's use has moved by a sixteenth of its capacity, or more, or the image did not take what it was sent. */
        void journalMoved();
    }

    /** A move of the journal's use by this part of its capacity is told. */
    private static final int JOURNAL_PARTS = 16;

    final Journal journal;
    final LeasedImage image;
    final DirtyMap dirty = new DirtyMap();
    final ImageView view;
    final Destager destager;
    final ReadPath reads;
    final WritePath writes;
    final Prefetcher prefetch;
    final WarmUps warmUps;
    final ExtentReports extentReports;
    final Scrubber scrubber;
    private final EventExecutor home;
    private final VolumeSettings settings;
    private final Owner owner;
    final ImageLink link;
    final RecoveryWatch recovery;
    private boolean stopped;
    private boolean hurried;
    private long journalToldBytes;

    DataPath(VolumeHost host, VolumeSettings settings, Journal journal, LeasedImage image, long sizeBytes, Owner owner) {
        this.home = host.home();
        this.settings = settings;
        this.journal = journal;
        this.image = image;
        this.owner = owner;
        long blocks = sizeBytes / DirtyMap.BLOCK_BYTES;
        CacheFront cache = new CacheFront(home, image, image.lease().applied(), this::cacheReady);
        cache.resized(blocks);
        FetchTable fetches = new FetchTable(home, image, cache, failure -> fenced(failure.getMessage()));
        view = new ImageView(image, cache, new ExtentMap(image, blocks, EXTENT_MAP_BYTES), fetches);
        String name = settings.address().name();
        RecoveryPoint goal = settings.outage().recoveryPoint();
        link = new ImageLink(home.ticker(), name);
        recovery = new RecoveryWatch(home.ticker(), name, goal);
        DestageSettings destage = settings.destage().within(goal.cutAge(settings.destage().after()), goal.cutBytes());
        destager = new Destager(new DestageHost(home, host.batches()), journal, dirty, view, destage, this);
        reads = new ReadPath(home, journal, dirty, view);
        WritePace pace = new WritePace(home.ticker(), journal, destager, link, settings.outage().marks());
        writes = new WritePath(home, journal, dirty, fetches, destager, pace, settings.outage().maxHeld());
        prefetch = new Prefetcher(home, view, dirty, settings.prefetch(), blocks);
        warmUps = new WarmUps(home, view, dirty, Failures::block);
        extentReports = new ExtentReports(home, dirty, view.extents());
        scrubber = new Scrubber(home, settings.address().toString(), journal, dirty, view, () -> reads.waiting() > 0 || writes.held() > 0);
    }

    /** Begins to serve; recovery has filled the dirty map. */
    void start() {
        image.listen(this);
        if (journal.lastSequence() > destager.appliedSequence()) {
            destager.noted(journal.lastSequence());
        }
        home.schedule(this::renew, settings.waits().renew().toNanos(), TimeUnit.NANOSECONDS);
        home.schedule(this::sweep, 1, TimeUnit.SECONDS);
    }

    void read(long lba, int sectorCount, ByteBuf dst, Completion completion) {
        if (reads.waiting() >= settings.outage().maxHeld()) {
            completion.failed(BlockFailure.BUSY);
            return;
        }
        long first = lba / DirtyMap.SECTORS;
        long end = (lba + sectorCount + DirtyMap.SECTORS - 1) / DirtyMap.SECTORS;
        boolean hit = reads.read(lba, sectorCount, dst, completion);
        if (!stopped) {
            prefetch.demand(first, (int) (end - first), hit);
        }
    }

    private void renew() {
        if (stopped) {
            return;
        }
        image.renew(dirty.dirtyBytes()).whenComplete((done, thrown) -> {
            if (thrown != null && ImageException.of(thrown).failure() == ImageFailure.FENCED) {
                fenced(ImageException.of(thrown).getMessage());
            }
        });
        home.schedule(this::renew, settings.waits().renew().toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Looks at the goal, and fails what has waited past the limit. */
    private void sweep() {
        if (stopped) {
            return;
        }
        recovery.look(destager.oldestAgeNanos(), dirty.dirtyBytes());
        Duration limit = settings.outage().limit();
        if (limit != null) {
            long oldest = home.ticker().nanoTime() - limit.toNanos();
            reads.failBefore(oldest, BlockFailure.UNAVAILABLE);
            writes.failBefore(oldest, noRoom() ? BlockFailure.FULL : BlockFailure.UNAVAILABLE);
            warmUps.failBefore(oldest, BlockFailure.UNAVAILABLE);
        }
        home.schedule(this::sweep, 1, TimeUnit.SECONDS);
    }

    /** Whether writes wait for somebody to make room, in the store or on this host's disk, rather than for a link. */
    private boolean noRoom() {
        return link.state() == LinkState.FULL || !journal.shortage().isEmpty();
    }

    private void cacheReady() {
        prefetch.cacheReady();
    }

    /** Asked after each write, so that the owner hears of a journal that fills up before it is full. */
    void lookAtJournal() {
        long used = journal.usedBytes();
        hurry(used > journal.usableBytes() / 100 * settings.outage().marks().hardPercent());
        if (Math.abs(used - journalToldBytes) >= journal.capacityBytes() / JOURNAL_PARTS) {
            journalToldBytes = used;
            owner.journalMoved();
        }
    }

    private void hurry(boolean now) {
        if (now != hurried) {
            hurried = now;
            destager.hurry(now);
            prefetch.giveWay(now);
        }
    }

    @Override
    public void applied(HistoryPoint point) {
        link.taken();
        writes.applied();
        lookAtJournal();
    }

    @Override
    public void refused(ImageException failure) {
        link.refused(failure);
        owner.journalMoved();
    }

    @Override
    public void fenced(String reason) {
        link.fenced(reason);
        if (!stopped) {
            owner.fenced(reason);
        }
    }

    @Override
    public void linkChanged(boolean up, String reason) {
        link.connection(up, reason);
    }

    @Override
    public void resized(long newSizeBytes) {
        view.extents().resized(newSizeBytes / DirtyMap.BLOCK_BYTES);
        view.cache().resized(newSizeBytes / DirtyMap.BLOCK_BYTES);
        prefetch.resized(newSizeBytes / DirtyMap.BLOCK_BYTES);
        owner.resized(newSizeBytes);
    }

    /** Takes nothing more and fails what waits; what is dirty may still be brought into the image. */
    void refuse(BlockFailure failure) {
        writes.failAll(failure);
        reads.failAll(failure);
        warmUps.failAll(failure);
        extentReports.failAll(failure);
    }

    /** Whether everything acknowledged is in the image. */
    boolean isClean() {
        return dirty.isEmpty() && destager.appliedSequence() >= journal.lastSequence();
    }

    /** Ends every activity; the journal keeps what is not in the image. */
    void stop(BlockFailure failure, String reason) {
        if (stopped) {
            return;
        }
        stopped = true;
        refuse(failure);
        scrubber.stop();
        prefetch.stop();
        destager.stop(reason);
        view.fetches().close();
        view.cache().close();
        reads.close();
    }
}
