package io.spindrift.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.spindrift.image.Batch;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseListener;
import io.spindrift.image.LeasedImage;
import io.spindrift.image.ReadPriority;
import io.spindrift.image.ReadResult;
import io.spindrift.image.RunPage;
import io.spindrift.wire.BatchCodec;
import io.spindrift.wire.FrameType;
import io.spindrift.wire.Lane;
import io.spindrift.wire.ReadCodec;
import io.spindrift.wire.WireCodec;
import java.util.concurrent.CompletableFuture;

/**
 * A leased image behind a storage server. Made by {@link RemoteCatalog} when a lease is given, called on its home. Requests wait while the
 * link is away, for as long as that takes.
 */
final class RemoteImage implements LeasedImage {
    private final RemoteLink link;
    private final RemoteLease lease;

    RemoteImage(RemoteLink link, RemoteLease lease) {
        this.link = link;
        this.lease = lease;
    }

    @Override
    public Lease lease() {
        return lease.lease();
    }

    @Override
    public void listen(LeaseListener listener) {
        link.run(() -> lease.listen(listener));
    }

    @Override
    public CompletableFuture<ImageInfo> info() {
        return ask(FrameType.INFO, Lane.URGENT, Unpooled.EMPTY_BUFFER, WireCodec::info);
    }

    @Override
    public CompletableFuture<RunPage> extents(long firstBlock, long blockCount) {
        ByteBuf body = link.buffer().writeLong(firstBlock).writeLong(blockCount);
        return ask(FrameType.EXTENTS, Lane.DEMAND, body, WireCodec::page);
    }

    @Override
    public CompletableFuture<ReadResult> read(long firstBlock, int blockCount, ReadPriority priority) {
        ByteBuf body = link.buffer().writeLong(firstBlock).writeInt(blockCount).writeByte(priority.ordinal());
        RemoteRequest<ReadResult> request = new RemoteRequest<>(
                FrameType.READ, Lane.of(priority), lease, body, (from, late) -> ReadCodec.decode(from.alloc(), from, firstBlock, blockCount));
        link.ask(request);
        return request.future;
    }

    @Override
    public CompletableFuture<Long> apply(Batch batch) {
        String fault = BatchCodec.fault(batch);
        if (fault != null) {
            batch.release();
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.INVALID, fault));
        }
        return ask(FrameType.APPLY, Lane.BULK, BatchCodec.encode(link.allocator(), batch), ByteBuf::readLong);
    }

    @Override
    public CompletableFuture<RunPage> changedSince(HistoryPoint point, long firstBlock) {
        ByteBuf body = link.buffer();
        WireCodec.putPoint(body, point);
        body.writeLong(firstBlock);
        return ask(FrameType.CHANGED_SINCE, Lane.DEMAND, body, WireCodec::page);
    }

    @Override
    public CompletableFuture<RunPage> verify(long firstBlock, int blockCount) {
        ByteBuf body = link.buffer().writeLong(firstBlock).writeInt(blockCount);
        return ask(FrameType.VERIFY, Lane.BULK, body, WireCodec::page);
    }

    @Override
    public CompletableFuture<Integer> repair(long firstBlock, ByteBuf data, int[] checksums) {
        if (checksums.length < 1 || checksums.length > MAX_READ_BLOCKS || data.readableBytes() != checksums.length * BLOCK_BYTES) {
            data.release();
            String message = data.readableBytes() + " bytes are offered with " + checksums.length + " checksums";
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.INVALID, message));
        }
        return ask(FrameType.REPAIR, Lane.BULK, BatchCodec.encodeRepair(link.allocator(), firstBlock, data, checksums), ByteBuf::readInt);
    }

    @Override
    public CompletableFuture<Void> writeSidecar(String name, byte[] value) {
        if (value.length > MAX_SIDECAR_BYTES) {
            String message = "a sidecar of " + value.length + " bytes, more than " + MAX_SIDECAR_BYTES;
            return CompletableFuture.failedFuture(new ImageException(ImageFailure.INVALID, message));
        }
        ByteBuf body = link.buffer();
        WireCodec.putString(body, name);
        WireCodec.putSidecar(body, value);
        return ask(FrameType.WRITE_SIDECAR, Lane.BULK, body, from -> null);
    }

    @Override
    public CompletableFuture<byte[]> readSidecar(String name) {
        ByteBuf body = link.buffer();
        WireCodec.putString(body, name);
        return ask(FrameType.READ_SIDECAR, Lane.DEMAND, body, WireCodec::sidecar);
    }

    @Override
    public CompletableFuture<Void> renew(long dirtyBytes) {
        return ask(FrameType.RENEW, Lane.URGENT, link.buffer().writeLong(dirtyBytes), from -> null);
    }

    @Override
    public CompletableFuture<Void> release() {
        RemoteRequest<Void> request = new RemoteRequest<>(FrameType.RELEASE, Lane.BULK, lease, Unpooled.EMPTY_BUFFER, (from, late) -> {
            lease.released();
            return null;
        });
        link.ask(request);
        return request.future;
    }

    @Override
    public CompletableFuture<Void> close() {
        CompletableFuture<Void> closed = new CompletableFuture<>();
        link.run(() -> {
            lease.end(new ImageException(ImageFailure.CLOSED, "the image is closed"));
            link.complete(lease.home(), () -> closed.complete(null));
        });
        return closed;
    }

    private <T> CompletableFuture<T> ask(FrameType type, Lane lane, ByteBuf body, WireCodec.Reading<T> answer) {
        RemoteRequest<T> request = new RemoteRequest<>(type, lane, lease, body, (from, late) -> WireCodec.whole(from, answer));
        link.ask(request);
        return request.future;
    }
}
