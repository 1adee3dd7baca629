package io.spindrift.client;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseListener;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireException;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A lease as the link keeps it: taken up again on each new connection before anything else is asked of its image. Made with its {@link
 * RemoteImage}; lives on the link's loop, until its image is closed. Its listener is told on the image's home.
 */
final class RemoteLease {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteLease.class);
    private static final long RESUME_AGAIN_MS = 1000;

    private enum State {
        READY,
        AWAY,
        RESUMING,
        FENCED,
        ENDED
    }

    private final RemoteLink link;
    private final ImageAddress address;
    private final Lease lease;
    private final EventExecutor home;
    private final ArrayDeque<Consumer<LeaseListener>> untold = new ArrayDeque<>();
    private State state = State.READY;
    private int number;
    private ImageException end;
    private LeaseListener listener;
    private boolean outage;

    /** @param number the server's number for the image on the connection that is up */
    RemoteLease(RemoteLink link, ImageAddress address, Lease lease, int number, EventExecutor home) {
        this.link = link;
        this.address = address;
        this.lease = lease;
        this.number = number;
        this.home = home;
    }

    Lease lease() {
        return lease;
    }

    EventExecutor home() {
        return home;
    }

    int number() {
        return number;
    }

    boolean isReady() {
        return state == State.READY;
    }

    /** Why nothing may be asked any more, or null. */
    ImageException refusal() {
        return end;
    }

    void listen(LeaseListener newListener) {
        listener = newListener;
        while (!untold.isEmpty()) {
            tell(untold.poll());
        }
    }

    private void tell(Consumer<LeaseListener> event) {
        if (listener == null) {
            untold.add(event);
            return;
        }
        LeaseListener to = listener;
        if (home.inEventLoop()) {
            event.accept(to);
            return;
        }
        try {
            home.execute(() -> event.accept(to));
        } catch (RejectedExecutionException over) {
            LOG.debug("{}: its home has ended before an event", address);
        }
    }

    void resized(long sizeBytes) {
        if (end == null) {
            tell(to -> to.resized(sizeBytes));
        }
    }

    void linkDown(String reason) {
        number = 0;
        if (end != null) {
            return;
        }
        state(State.AWAY, reason);
        if (!outage) {
            outage = true;
            tell(to -> to.linkChanged(false, reason));
        }
    }

    /** The link is up: takes the lease up again. */
    void resume() {
        if (state != State.AWAY || !link.isUp()) {
            return;
        }
        state(State.RESUMING, "connected");
        ByteBuf body = link.buffer();
        WireCodec.putAddress(body, address);
        body.writeLong(lease.epoch());
        WireCodec.putId(body, lease.leaseId());
        RemoteRequest<Integer> request = new RemoteRequest<>(FrameType.RESUME, Lane.URGENT, null, body, this::resumed);
        request.thisConnectionOnly = true;
        request.future.whenComplete((newNumber, failure) -> {
            if (failure != null) {
                notResumed(ImageException.of(failure));
            }
        });
        link.ask(request);
    }

    private Integer resumed(ByteBuf from, boolean late) throws WireException {
        int newNumber = from.readInt();
        Lease again = WireCodec.whole(from, WireCodec::lease);
        if (end != null) {
            link.closeOnServer(newNumber);
        } else if (again.epoch() != lease.epoch() || !again.leaseId().equals(lease.leaseId())) {
            link.closeOnServer(newNumber);
            fence("the server gave another lease than the one that was to be taken up again");
        } else {
            number = newNumber;
            state(State.READY, "taken up again");
            link.ready(this);
            if (outage) {
                outage = false;
                tell(to -> to.linkChanged(true, "connected"));
            }
        }
        return newNumber;
    }

    private void notResumed(ImageException failure) {
        if (state != State.RESUMING) {
            return;
        }
        if (failure.failure() == ImageFailure.FENCED || failure.failure() == ImageFailure.INVALID) {
            fence(failure.getMessage());
            return;
        }
        LOG.warn("{}: the lease could not be taken up again yet: {}", address, failure.getMessage());
        state(State.AWAY, failure.getMessage());
        link.loop().schedule(this::resume, RESUME_AGAIN_MS, TimeUnit.MILLISECONDS);
    }

    /** A newer lease exists: nothing more is asked. */
    void fence(String reason) {
        if (end != null) {
            return;
        }
        // A release whose answer was lost looks like this: the lease is not this host's any more, as it wished.
        if (link.wasReleased(this)) {
            end(new ImageException(ImageFailure.CLOSED, "the image is closed"));
            return;
        }
        end = new ImageException(ImageFailure.FENCED, reason);
        state(State.FENCED, reason);
        link.ended(this, end);
        tell(to -> to.fenced(reason));
    }

    /** The server has taken the lease back. */
    void released() {
        number = 0;
        end(new ImageException(ImageFailure.CLOSED, "the image is closed"));
    }

    /** The image is closed by this side. */
    void end(ImageException reason) {
        if (state == State.ENDED) {
            return;
        }
        link.closeOnServer(number);
        end = reason;
        state(State.ENDED, reason.getMessage());
        link.ended(this, reason);
    }

    private void state(State next, String reason) {
        LOG.debug("{} epoch {}: {} -> {}, {}", address, lease.epoch(), state, next, reason);
        state = next;
    }
}
