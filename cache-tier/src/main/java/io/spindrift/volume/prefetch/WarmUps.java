package io.spindrift.volume.prefetch;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.block.BlockFailure;
import io.spindrift.block.Completion;
import io.spindrift.image.ImageException;
import io.spindrift.volume.fetch.FetchWaiter;
import io.spindrift.volume.fetch.ImageView;
import io.spindrift.volume.map.DirtyMap;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Ranges that a guest wants in the cache. What is dirty, unallocated or cached is there already; the rest is fetched as if it were read, a few requests
 * at a time. Made with the volume's data path; lives on the home loop; {@link #failAll} ends what is under way.
 */
public final class WarmUps {
    private static final int REQUEST_BLOCKS = 256;
    private static final int MOST_IN_FLIGHT_BLOCKS = 4 * REQUEST_BLOCKS;
    private static final int SLICE_BLOCKS = 8_192;
    /** More at a time are refused. */
    private static final int MOST_RUNNING = 64;

    private final EventExecutor home;
    private final ImageView view;
    private final DirtyMap dirty;
    private final Function<ImageException, BlockFailure> failures;
    private final List<WarmUp> running = new ArrayList<>();

    public WarmUps(EventExecutor home, ImageView view, DirtyMap dirty, Function<ImageException, BlockFailure> failures) {
        this.home = home;
        this.view = view;
        this.dirty = dirty;
        this.failures = failures;
    }

    /** @param completion fails with FULL where the cache can't keep all of the range */
    public void warm(long firstBlock, long endBlock, Completion completion) {
        if (running.size() >= MOST_RUNNING) {
            completion.failed(BlockFailure.FULL);
            return;
        }
        WarmUp warmUp = new WarmUp(firstBlock, endBlock, completion);
        running.add(warmUp);
        warmUp.walk();
    }

    /** Fails what began before {@code nanos}. */
    public void failBefore(long nanos, BlockFailure failure) {
        for (WarmUp warmUp : List.copyOf(running)) {
            if (warmUp.startedNanos - nanos < 0) {
                warmUp.end(failure);
            }
        }
    }

    /** Fails what is under way. */
    public void failAll(BlockFailure failure) {
        for (WarmUp warmUp : List.copyOf(running)) {
            warmUp.end(failure);
        }
    }

    private final class WarmUp implements FetchWaiter {
        private final long end;
        private final Completion completion;
        private final long startedNanos = home.ticker().nanoTime();
        private long block;
        private long room;
        private int inFlight;
        private boolean ended;
        private boolean full;
        private boolean scheduled;
        private boolean asking;
        private long askedRegion = -1;

        WarmUp(long first, long end, Completion completion) {
            this.block = first;
            this.end = end;
            this.completion = completion;
            this.room = view.cache().capacityBlocks();
        }

        private void walk() {
            scheduled = false;
            if (asking) {
                return;
            }
            long sliceEnd = block + SLICE_BLOCKS;
            while (goesOn() && block < sliceEnd && !asks()) {
                step();
            }
            if (ended || asking) {
                return;
            }
            if (inFlight == 0 && (full || block == end)) {
                end(full ? BlockFailure.FULL : null);
            } else if (goesOn()) {
                again();
            }
        }

        private boolean goesOn() {
            return !ended && !full && block < end && inFlight < MOST_IN_FLIGHT_BLOCKS;
        }

        /** Whether the image has to say first which blocks of a region have data; it is asked once, and where it can't say all of them have. */
        private boolean asks() {
            long region = view.extents().regionEnd(block);
            if (region == askedRegion || view.extents().knows(block)) {
                return false;
            }
            askedRegion = region;
            asking = true;
            view.extents().want(block, () -> {
                asking = false;
                again();
            });
            return true;
        }

        private void again() {
            if (!scheduled) {
                scheduled = true;
                home.execute(this::walk);
            }
        }

        /** Over what is here, or one request. */
        private void step() {
            boolean cached = view.cache().contains(block);
            if (isFree(block)) {
                block++;
                return;
            }
            full = room <= 0;
            if (full || cached) {
                block++;
                room--;
                return;
            }
            int limit = (int) Math.min(Math.min(end - block, REQUEST_BLOCKS), room);
            int run = 1;
            while (run < limit && !view.cache().contains(block + run) && !isFree(block + run)) {
                run++;
            }
            room -= run;
            long first = block;
            block += run;
            inFlight += run;
            view.fetches().want(first, run, this);
        }

        /** Whether a read of this block needs neither the cache nor the image. */
        private boolean isFree(long at) {
            if (dirty.cleanRun(at, 1) == 0) {
                return dirty.wholePosition(at) >= 0 || !dirty.hasData(at);
            }
            return view.extents().zeroRun(at, 1) == 1;
        }

        @Override
        public boolean gone() {
            return ended;
        }

        @Override
        public void arrived(long firstBlock, int count, ByteBuf data, int index) {
            inFlight -= count;
            again();
        }

        @Override
        public void again(long firstBlock, int count) {
            view.fetches().want(firstBlock, count, this);
        }

        @Override
        public void failed(ImageException failure) {
            end(failures.apply(failure));
        }

        private void end(BlockFailure failure) {
            if (ended) {
                return;
            }
            ended = true;
            running.remove(this);
            if (failure == null) {
                completion.done();
            } else {
                completion.failed(failure);
            }
        }
    }
}
