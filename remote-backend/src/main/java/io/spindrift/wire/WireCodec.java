package io.spindrift.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.spindrift.image.AttachRefusedException;
import io.spindrift.image.AttachRequest;
import io.spindrift.image.BlockPlace;
import io.spindrift.image.BlockRun;
import io.spindrift.image.DiskType;
import io.spindrift.image.HistoryPoint;
import io.spindrift.image.HostIdentity;
import io.spindrift.image.ImageAddress;
import io.spindrift.image.ImageException;
import io.spindrift.image.ImageFailure;
import io.spindrift.image.ImageInfo;
import io.spindrift.image.Lease;
import io.spindrift.image.LeaseInfo;
import io.spindrift.image.RunPage;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/** The image vocabulary in bytes. Readers check every value and throw {@link WireException}, whatever they are given. */
public final class WireCodec {
    /** Most bytes of a string; a message that is longer is cut. */
    public static final int MAX_STRING = 1024;

    private static final DiskType[] TYPES = DiskType.values();
    private static final LeaseInfo.State[] STATES = LeaseInfo.State.values();
    private static final ImageFailure[] FAILURES = {
        ImageFailure.UNAVAILABLE, ImageFailure.FENCED, ImageFailure.CORRUPT, ImageFailure.FULL, ImageFailure.INVALID, ImageFailure.CLOSED
    };

    private WireCodec() {}

    /** One reading of a body: what runs off its end, or is no value of its type, is the peer's fault. */
    public interface Reading<T> {
        T read(ByteBuf from) throws WireException;
    }

    /** Reads a whole body, to its last byte. The indices of {@code body} move. */
    public static <T> T whole(ByteBuf body, Reading<T> reading) throws WireException {
        try {
            T value = reading.read(body);
            if (body.isReadable()) {
                throw new WireException(body.readableBytes() + " bytes too many in a body");
            }
            return value;
        } catch (IndexOutOfBoundsException | IllegalArgumentException | DateTimeException malformed) {
            throw new WireException("a malformed body: " + malformed.getMessage());
        }
    }

    public static void putString(ByteBuf to, String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, MAX_STRING);
        to.writeShort(length).writeBytes(bytes, 0, length);
    }

    public static String string(ByteBuf from) throws WireException {
        int length = from.readUnsignedShort();
        if (length > MAX_STRING) {
            throw new WireException("a string of " + length + " bytes, more than " + MAX_STRING);
        }
        return from.readString(length, StandardCharsets.UTF_8);
    }

    public static void putBytes(ByteBuf to, byte[] value) {
        to.writeBytes(value);
    }

    public static byte[] bytes(ByteBuf from, int length) {
        return ByteBufUtil.getBytes(from.readSlice(length));
    }

    public static void putId(ByteBuf to, UUID id) {
        to.writeLong(id.getMostSignificantBits()).writeLong(id.getLeastSignificantBits());
    }

    public static UUID id(ByteBuf from) {
        return new UUID(from.readLong(), from.readLong());
    }

    public static void putInstant(ByteBuf to, Instant instant) {
        to.writeLong(instant.getEpochSecond()).writeInt(instant.getNano());
    }

    public static Instant instant(ByteBuf from) {
        return Instant.ofEpochSecond(from.readLong(), from.readInt());
    }

    public static void putAddress(ByteBuf to, ImageAddress address) {
        putString(to, address.user());
        to.writeByte(address.type().ordinal());
        putString(to, address.name());
    }

    public static ImageAddress address(ByteBuf from) throws WireException {
        return new ImageAddress(string(from), oneOf(TYPES, from.readUnsignedByte()), string(from));
    }

    private static <T> T oneOf(T[] values, int number) throws WireException {
        if (number >= values.length) {
            throw new WireException("number " + number + " of " + values.length);
        }
        return values[number];
    }

    public static void putPoint(ByteBuf to, HistoryPoint point) {
        putId(to, point.imageId());
        to.writeLong(point.epoch());
        putId(to, point.leaseId());
        to.writeLong(point.sequence());
    }

    public static HistoryPoint point(ByteBuf from) {
        return new HistoryPoint(id(from), from.readLong(), id(from), from.readLong());
    }

    public static void putLease(ByteBuf to, Lease lease) {
        to.writeLong(lease.epoch());
        putId(to, lease.leaseId());
        putId(to, lease.previousJournalId());
        to.writeBoolean(lease.previousClean());
        putPoint(to, lease.applied());
    }

    public static Lease lease(ByteBuf from) {
        return new Lease(from.readLong(), id(from), id(from), from.readBoolean(), point(from));
    }

    public static void putInfo(ByteBuf to, ImageInfo info) {
        putAddress(to, info.address());
        putId(to, info.imageId());
        to.writeLong(info.sizeBytes()).writeLong(info.allocatedBytes()).writeLong(info.appliedSequence());
        putInstant(to, info.lastApplied());
        LeaseInfo lease = info.lease();
        to.writeByte(lease.state().ordinal()).writeLong(lease.epoch());
        putId(to, lease.leaseId());
        putId(to, lease.hostId());
        putString(to, lease.hostName());
        putId(to, lease.journalId());
        putInstant(to, lease.lastHeard());
        to.writeLong(lease.dirtyBytes());
        putString(to, info.damage() == null ? "" : info.damage());
    }

    public static ImageInfo info(ByteBuf from) throws WireException {
        return new ImageInfo(address(from), id(from), from.readLong(), from.readLong(), from.readLong(), instant(from), leaseInfo(from), damage(from));
    }

    private static String damage(ByteBuf from) throws WireException {
        String damage = string(from);
        return damage.isEmpty() ? null : damage;
    }

    private static LeaseInfo leaseInfo(ByteBuf from) throws WireException {
        LeaseInfo.State state = oneOf(STATES, from.readUnsignedByte());
        return new LeaseInfo(state, from.readLong(), id(from), id(from), string(from), id(from), instant(from), from.readLong());
    }

    public static void putInfos(ByteBuf to, List<ImageInfo> rows) {
        to.writeShort(rows.size());
        for (ImageInfo row : rows) {
            putInfo(to, row);
        }
    }

    public static List<ImageInfo> infos(ByteBuf from) throws WireException {
        int count = from.readUnsignedShort();
        List<ImageInfo> rows = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            rows.add(info(from));
        }
        return rows;
    }

    public static void putPlace(ByteBuf to, BlockPlace place) {
        putString(to, place.object() == null ? "" : place.object());
        to.writeLong(place.offsetBytes()).writeInt(place.lengthBytes());
    }

    public static BlockPlace place(ByteBuf from) throws WireException {
        String object = string(from);
        return new BlockPlace(object.isEmpty() ? null : object, from.readLong(), from.readInt());
    }

    /** Null crosses as -1. */
    public static void putSidecar(ByteBuf to, byte[] value) {
        to.writeInt(value == null ? -1 : value.length).writeBytes(value == null ? new byte[0] : value);
    }

    public static byte[] sidecar(ByteBuf from) throws WireException {
        int length = from.readInt();
        if (length < -1 || length > from.readableBytes()) {
            throw new WireException("a sidecar of " + length + " bytes in " + from.readableBytes());
        }
        return length == -1 ? null : bytes(from, length);
    }

    public static void putAttach(ByteBuf to, ImageAddress address, AttachRequest request) {
        putAddress(to, address);
        putId(to, request.host().hostId());
        putString(to, request.host().name());
        putId(to, request.journalId());
        to.writeBoolean(request.acceptOlder() != null);
        if (request.acceptOlder() != null) {
            putInstant(to, request.acceptOlder());
        }
        to.writeLong(request.seenEpoch());
    }

    /** What follows the address in an ATTACH. */
    public static AttachRequest attach(ByteBuf from) throws WireException {
        HostIdentity host = new HostIdentity(id(from), string(from));
        return new AttachRequest(host, id(from), from.readBoolean() ? instant(from) : null, from.readLong());
    }

    /** Null crosses as 0xFFFFFFFF runs. */
    public static void putPage(ByteBuf to, RunPage page) {
        if (page == null) {
            to.writeInt(-1);
            return;
        }
        to.writeInt(page.runs().size()).writeLong(page.nextBlock());
        for (BlockRun run : page.runs()) {
            to.writeLong(run.firstBlock()).writeLong(run.blockCount());
        }
    }

    public static RunPage page(ByteBuf from) throws WireException {
        int count = from.readInt();
        if (count == -1) {
            return null;
        }
        if (count < 0 || count > RunPage.MAX_RUNS) {
            throw new WireException("a page of " + Integer.toUnsignedString(count) + " runs, more than " + RunPage.MAX_RUNS);
        }
        long next = from.readLong();
        List<BlockRun> runs = new ArrayList<>(Math.min(count, from.readableBytes() / 16));
        for (int i = 0; i < count; i++) {
            runs.add(new BlockRun(from.readLong(), from.readLong()));
        }
        return new RunPage(runs, next);
    }

    public static void putFailure(ByteBuf to, ImageException failure) {
        int code = 0;
        while (FAILURES[code] != failure.failure()) {
            code++;
        }
        to.writeByte(code);
        putString(to, String.valueOf(failure.getMessage()).replace('\n', ' '));
        boolean refused = failure.getCause() instanceof AttachRefusedException;
        to.writeBoolean(refused);
        if (refused) {
            putInfo(to, ((AttachRefusedException) failure.getCause()).image());
        }
    }

    public static ImageException failure(ByteBuf from) throws WireException {
        ImageFailure failure = oneOf(FAILURES, from.readUnsignedByte());
        String message = string(from);
        if (!from.readBoolean()) {
            return new ImageException(failure, message);
        }
        return new ImageException(failure, message, new AttachRefusedException(info(from), message));
    }
}
