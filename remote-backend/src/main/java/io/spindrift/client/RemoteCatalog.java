package io.spindrift.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.EventExecutor;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.BlockPlace;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageCatalog;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeasedImage;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.WireCodec;
import io.spindrift.wire.WireException;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;

/**
 * One user's images behind storage servers. Made by the assembly, which closes it; may be called from any thread. It connects when
 * something is asked first. Its futures, and those of images whose home it is, complete on {@code loop}.
 *
 * <p>Verbs of the catalog fail with UNAVAILABLE when they have no answer within {@link RemoteTiming#requestTimeout}; a server that refuses
 * the user, or speaks another version, fails them with INVALID at once.
 *
 * <p><b>Repeats.</b> A verb whose answer was lost with its connection is asked again, so its second answer may speak of what the first
 * did. An image that a repeated {@code create} finds in its way counts as made where nobody has ever used it and its size is the
 * asked one: it is what create would have made. An image that a repeated {@code delete} does not find counts as deleted. A repeated
 * attach comes with the same journal, which has its lease again at once. A release after which the lease cannot be taken up again has
 * been done.
 */
public final class RemoteCatalog implements ImageCatalog {
    private final RemoteLink link;
    private final String user;

    /** @param random of nonces and pauses: in production one that nobody can foretell. Used on {@code loop} */
    public RemoteCatalog(RemoteSettings settings, EventLoop loop, ChannelFactory<? extends Channel> channels, RandomGenerator random) {
        this.link = new RemoteLink(settings, loop, channels, random);
        this.user = settings.user();
    }

    @Override
    public String user() {
        return user;
    }

    @Override
    public CompletableFuture<ImageInfo> create(ImageAddress address, long sizeBytes) {
        ByteBuf body = addressed(address).writeLong(sizeBytes);
        RemoteRequest<ImageInfo> request = request(FrameType.CREATE, body, WireCodec::info);
        return request.future.exceptionallyCompose(failure -> {
            if (!repeatedInVain(request, failure)) {
                return CompletableFuture.failedFuture(ImageException.of(failure));
            }
            return show(address).thenCompose(found -> isUntouched(found, sizeBytes)
                    ? CompletableFuture.completedFuture(found)
                    : CompletableFuture.failedFuture(ImageException.of(failure)));
        });
    }

    private static boolean isUntouched(ImageInfo image, long sizeBytes) {
        return image.sizeBytes() == sizeBytes && image.lease().epoch() == 0 && image.appliedSequence() == 0;
    }

    private static boolean repeatedInVain(RemoteRequest<?> request, Throwable failure) {
        return request.timesSent > 1 && ImageException.of(failure).failure() == ImageFailure.INVALID;
    }

    @Override
    public CompletableFuture<ImageInfo> show(ImageAddress address) {
        return request(FrameType.SHOW, addressed(address), WireCodec::info).future;
    }

    @Override
    public CompletableFuture<List<ImageInfo>> list(ImageAddress startAfter, int limit) {
        ByteBuf body = link.buffer().writeBoolean(startAfter != null);
        if (startAfter != null) {
            WireCodec.putAddress(body, startAfter);
        }
        return request(FrameType.LIST, body.writeInt(limit), WireCodec::infos).future;
    }

    @Override
    public CompletableFuture<ImageInfo> resize(ImageAddress address, long sizeBytes) {
        return request(FrameType.RESIZE, addressed(address).writeLong(sizeBytes), WireCodec::info).future;
    }

    @Override
    public CompletableFuture<Void> delete(ImageAddress address, boolean force) {
        RemoteRequest<Void> request = request(FrameType.DELETE, addressed(address).writeBoolean(force), from -> null);
        return request.future.exceptionallyCompose(failure -> {
            CompletableFuture<Void> failed = CompletableFuture.failedFuture(ImageException.of(failure));
            if (!repeatedInVain(request, failure)) {
                return failed;
            }
            CompletableFuture<CompletableFuture<Void>> looked = show(address).handle((found, missing) -> {
                boolean gone = missing != null && ImageException.of(missing).failure() == ImageFailure.INVALID;
                return gone ? CompletableFuture.completedFuture(null) : failed;
            });
            return looked.thenCompose(result -> result);
        });
    }

    @Override
    public CompletableFuture<BlockPlace> locate(ImageAddress address, long block) {
        return request(FrameType.LOCATE, addressed(address).writeLong(block), WireCodec::place).future;
    }

    @Override
    public CompletableFuture<LeasedImage> attach(ImageAddress address, AttachRequest request, EventExecutor home) {
        ByteBuf body = link.buffer();
        WireCodec.putAttach(body, address, request);
        return lease(FrameType.ATTACH, address, body, home);
    }

    @Override
    public CompletableFuture<LeasedImage> resume(ImageAddress address, long epoch, UUID leaseId, EventExecutor home) {
        ByteBuf body = addressed(address).writeLong(epoch);
        WireCodec.putId(body, leaseId);
        return lease(FrameType.RESUME, address, body, home);
    }

    @Override
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        link.run(() -> {
            link.close();
            closed.complete(null);
        });
        return closed;
    }

    private CompletableFuture<LeasedImage> lease(FrameType type, ImageAddress address, ByteBuf body, EventExecutor home) {
        RemoteRequest<LeasedImage> request =
                new RemoteRequest<>(type, Lane.URGENT, null, body, (from, late) -> granted(address, home, from, late));
        link.ask(request);
        return request.future;
    }

    private LeasedImage granted(ImageAddress address, EventExecutor home, ByteBuf from, boolean late) throws WireException {
        int number = from.readInt();
        Lease lease = WireCodec.whole(from, WireCodec::lease);
        if (late) {
            link.closeOnServer(number);
            return null;
        }
        RemoteLease kept = new RemoteLease(link, address, lease, number, home);
        link.register(kept);
        return new RemoteImage(link, kept);
    }

    private ByteBuf addressed(ImageAddress address) {
        ByteBuf body = link.buffer();
        WireCodec.putAddress(body, address);
        return body;
    }

    private <T> RemoteRequest<T> request(FrameType type, ByteBuf body, WireCodec.Reading<T> answer) {
        RemoteRequest<T> request = new RemoteRequest<>(type, Lane.URGENT, null, body, (from, late) -> WireCodec.whole(from, answer));
        link.ask(request);
        return request;
    }
}
