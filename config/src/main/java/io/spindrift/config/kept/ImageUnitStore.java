package io.spindrift.config.kept;

import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.LeasedImage;
import io.spindrift.scsi.UnitStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a unit's values in a sidecar of its image, where any host that has the lease finds them, and in a file of this host's, for as long as
 * the image can't be reached.
 *
 * <p><b>Which holds.</b> With a lease both are read. The file counts where the lease before was the one it was written under, for then
 * nobody else can have saved since; of two that count the greater serial wins. What wins is written where it is missing. Before a lease the
 * values are those of the file, and the store has not settled.
 *
 * <p><b>A save</b> is done when the file has it and the image has it too, or can't be reached; what the image did not take is offered again.
 *
 * <p>Made by the assembly for one volume and one image; everything runs on the volume's home loop. {@link #close} ends it.
 */
public final class ImageUnitStore implements UnitStore {
    static final String SIDECAR = "unit";
    private static final Logger LOG = LoggerFactory.getLogger(ImageUnitStore.class);
    private static final long RETRY_MS = 2_000;
    /** How long a save waits for the image; the file has it by then. */
    private static final long IMAGE_WAIT_MS = 2_000;

    private final EventExecutor home;
    private final KeptFile file;
    private final UUID imageId;
    private final Supplier<LeasedImage> image;
    private final CompletableFuture<Void> fileRead;
    private final List<CompletableFuture<Void>> waiting = new ArrayList<>();
    private Map<String, byte[]> values = new HashMap<>();
    private UUID leaseId = HistoryPoint.NO_LEASE;
    private long serial;
    private LeasedImage settledFor;
    private LeasedImage reading;
    /** What the image has to take yet; null for nothing. */
    private byte[] unsent;
    private boolean sending;
    private boolean troubled;
    private boolean closed;
    private Runnable listener = () -> { };
    private Runnable settled = () -> { };

    /** @param image the image while the volume serves, as it is known on the home loop; null before and after that */
    public ImageUnitStore(EventExecutor home, KeptFile file, UUID imageId, Supplier<LeasedImage> image) {
        this.home = home;
        this.file = file;
        this.imageId = imageId;
        this.image = image;
        this.fileRead = file.read(KeptValues.MAX_BYTES).handleAsync(this::found, home);
    }

    private Void found(byte[] bytes, Throwable thrown) {
        if (thrown != null) {
            LOG.error("what this host keeps of a unit can't be read: {}", thrown.getMessage());
            return null;
        }
        KeptValues kept = decoded(bytes, "this host's file");
        if (kept != null) {
            values = new HashMap<>(kept.values());
            serial = kept.serial();
            leaseId = kept.leaseId();
            listener.run();
        }
        return null;
    }

    /** @return null where there are none, or none of this image, or none that can be read */
    private KeptValues decoded(byte[] bytes, String where) {
        try {
            KeptValues kept = bytes == null ? null : KeptValues.decode(bytes);
            return kept != null && kept.imageId().equals(imageId) ? kept : null;
        } catch (IllegalArgumentException unusable) {
            LOG.error("what {} keeps of a unit is not used: {}", where, unusable.getMessage());
            return null;
        }
    }

    /** Who else wants to know when the store settles. */
    public void whenSettled(Runnable told) {
        settled = told;
    }

    // ---- settling ----

    @Override
    public boolean isSettled() {
        LeasedImage now = image.get();
        if (now != null && now == settledFor) {
            return true;
        }
        attach(now);
        return false;
    }

    private void attach(LeasedImage now) {
        if (now == null || now == reading || closed) {
            return;
        }
        reading = now;
        fileRead.thenCompose(done -> now.readSidecar(SIDECAR)).whenCompleteAsync((bytes, thrown) -> {
            if (now != image.get() || closed) {
                reading = null;
            } else if (thrown == null) {
                settle(now, decoded(bytes, "the image"));
            } else {
                trouble("what the image keeps of a unit can't be read", thrown);
                home.schedule(() -> {
                    reading = null;
                    attach(image.get());
                }, RETRY_MS, TimeUnit.MILLISECONDS);
            }
        }, home);
    }

    private void settle(LeasedImage now, KeptValues theirs) {
        boolean mineCounts = serial > 0 && leaseId.equals(now.lease().applied().leaseId());
        boolean mineWins = mineCounts && (theirs == null || serial > theirs.serial());
        boolean hadSome = serial > 0;
        if (!mineWins) {
            values = theirs == null ? new HashMap<>() : new HashMap<>(theirs.values());
            serial = theirs == null ? 0 : theirs.serial();
        }
        leaseId = now.lease().leaseId();
        settledFor = now;
        reading = null;
        troubled = false;
        if (serial > 0 || hadSome) {
            LOG.info("{} values of the unit are kept ({}), serial {}", values.size(), mineWins ? "this host's" : "the image's", serial);
            byte[] bytes = bytes();
            file.write(bytes).whenComplete((done, failed) -> {
                if (failed != null) {
                    LOG.error("what is kept of a unit: {}", failed.getMessage());
                }
            });
            unsent = mineWins ? bytes : null;
            send();
        }
        listener.run();
        settled.run();
    }

    // ---- values ----

    @Override
    public byte[] load(String name) {
        byte[] value = values.get(name);
        return value == null ? null : value.clone();
    }

    @Override
    public CompletableFuture<Void> save(String name, byte[] value) {
        try {
            UnitStore.check(name, value);
            if (!values.containsKey(name) && values.size() == MAX_NAMES) {
                throw new IllegalArgumentException("at most " + MAX_NAMES + " values are kept");
            }
        } catch (IllegalArgumentException refused) {
            return CompletableFuture.failedFuture(refused);
        }
        values.put(name, value.clone());
        serial++;
        byte[] bytes = bytes();
        CompletableFuture<Void> sent = new CompletableFuture<>();
        waiting.add(sent);
        home.schedule(() -> sent.complete(null), IMAGE_WAIT_MS, TimeUnit.MILLISECONDS);
        unsent = bytes;
        send();
        CompletableFuture<Void> kept = new CompletableFuture<>();
        file.write(bytes).thenCompose(done -> sent).whenCompleteAsync((done, failed) -> {
            if (failed == null) {
                kept.complete(null);
            } else {
                kept.completeExceptionally(new IOException(failed.getMessage(), failed));
            }
        }, home);
        return kept;
    }

    private byte[] bytes() {
        return new KeptValues(imageId, leaseId, serial, values).encode();
    }

    /** One at a time, so that what is sent last is what stays. */
    private void send() {
        LeasedImage now = settledFor;
        if (sending || unsent == null || now == null) {
            return;
        }
        byte[] bytes = unsent;
        List<CompletableFuture<Void>> told = new ArrayList<>(waiting);
        waiting.clear();
        unsent = null;
        sending = true;
        now.writeSidecar(SIDECAR, bytes).whenCompleteAsync((done, thrown) -> {
            sending = false;
            if (thrown != null) {
                unsent = unsent == null ? bytes : unsent;
                trouble("the image did not take what is kept of a unit", thrown);
                retry(now, ImageException.of(thrown).failure());
            } else {
                troubled = false;
                send();
            }
            told.forEach(each -> each.complete(null));
        }, home);
    }

    private void retry(LeasedImage now, ImageFailure failure) {
        boolean over = closed || now != image.get() || failure == ImageFailure.FENCED || failure == ImageFailure.CLOSED;
        if (!over) {
            home.schedule(this::send, RETRY_MS, TimeUnit.MILLISECONDS);
        }
    }

    private void trouble(String what, Throwable thrown) {
        if (!troubled) {
            LOG.warn("{}: {}", what, ImageException.of(thrown).getMessage());
        }
        troubled = true;
    }

    @Override
    public void listen(Runnable changed) {
        listener = changed == null ? () -> { } : changed;
    }

    /** Offers the image once more what it has not taken, for a short while; nothing is saved after this. @return done when that is over */
    public CompletableFuture<Void> close() {
        closed = true;
        if (unsent == null && !sending || settledFor == null) {
            return CompletableFuture.completedFuture(null);
        }
        CompletableFuture<Void> sent = new CompletableFuture<>();
        waiting.add(sent);
        unsent = unsent == null ? bytes() : unsent;
        home.schedule(() -> sent.complete(null), IMAGE_WAIT_MS, TimeUnit.MILLISECONDS);
        send();
        return sent;
    }
}
