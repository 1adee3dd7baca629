package io.spindrift.scsi.copy;

import io.netty.buffer.ByteBuf;
import io.spindrift.block.BlockGeometry;
import io.spindrift.scsi.ScsiCommand;
import io.spindrift.scsi.sense.AdditionalSense;
import io.spindrift.scsi.sense.SenseData;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One EXTENDED COPY under way: segment after segment, in each of them chunk after chunk, one request at a time. Made by {@link CopyCommands}, lives on the home loop of the
 * unit that got the command, ends with the command. Its units may live on other loops: a request is posted there and its answer posted
 * back, so between two chunks the loops do other things. The data of a chunk belongs to the operation from the answer of the read to that of the write.
 *
 * <p>What the source says is deallocated is deallocated in the destination, so a thin disk stays thin; everything else is read and written.
 */
final class CopyOperation {
    private static final Logger LOG = LoggerFactory.getLogger(CopyOperation.class);
    private static final byte CHECK_CONDITION = 0x02;
    /** PROVISIONING STATUS of GET LBA STATUS. */
    private static final int DEALLOCATED = 1;
    private static final boolean SOURCE = true;
    private static final boolean DESTINATION = false;

    private final CopyPart manager;
    private final ScsiCommand command;
    private final CopyList list;
    private final CopyResults.Result result;
    private boolean aborted;
    /** The request that was not answered yet, who has it, and what its answer is for; null between two. */
    private CopyRequest asked;
    private boolean askedSource;
    private Consumer<CopyRequest> then;

    /** The number of the segment that is copied, and what it is about. */
    private int number;
    private SegmentDescriptor segment;
    private CopyPart source;
    private CopyPart destination;
    private int sourceLength;
    private int destinationLength;
    /** Bytes of the segment in all, up to where they are copied, and up to where they are known to be data. */
    private long bytes;
    private long position;
    private long dataUntil;
    private ByteBuf chunk;

    CopyOperation(CopyPart manager, ScsiCommand command, CopyList list) {
        this.manager = manager;
        this.command = command;
        this.list = list;
        this.result = manager.results().begin(command.nexus, list);
    }

    ScsiCommand command() {
        return command;
    }

    void start() {
        manager.family().running().add(this);
        nextSegment();
    }

    // ---- a segment ----

    private void nextSegment() {
        if (aborted) {
            endAborted();
        } else if (number == list.segments().size()) {
            end(null);
        } else {
            segment = list.segments().get(number);
            source = party(segment.source(), SegmentDescriptor.SOURCE);
            destination = source == null ? null : party(segment.destination(), SegmentDescriptor.DESTINATION);
            if (destination != null) {
                ask(SOURCE, CopyRequest.capacity(this::answered), this::sourceCapacity);
            }
        }
    }

    /** @return null where there is none and the copy was ended */
    private CopyPart party(int index, int field) {
        if (index >= list.cscds().size() || list.cscds().get(index).name() == null) {
            fail(CopyFailure.at(AdditionalSense.UNREACHABLE_COPY_TARGET, number, field));
            return null;
        }
        CscdDescriptor cscd = list.cscds().get(index);
        if (cscd.peripheralType() != CscdDescriptor.DIRECT_ACCESS) {
            fail(CopyFailure.at(AdditionalSense.INCORRECT_COPY_TARGET_DEVICE_TYPE, number, field));
            return null;
        }
        CopyPart party = manager.family().registry().find(cscd.name());
        if (party == null) {
            fail(CopyFailure.at(AdditionalSense.COPY_TARGET_DEVICE_NOT_REACHABLE, number, field));
        }
        return party;
    }

    private void sourceCapacity(CopyRequest answer) {
        BlockGeometry geometry = geometry(answer);
        sourceLength = geometry.blockLength();
        if (list.cscds().get(segment.source()).blockLength() != sourceLength) {
            fail(CopyFailure.at(AdditionalSense.INCORRECT_COPY_TARGET_DEVICE_TYPE, number, SegmentDescriptor.SOURCE));
        } else {
            ask(DESTINATION, CopyRequest.capacity(this::answered), capacity -> beginSegment(geometry, geometry(capacity)));
        }
    }

    private static BlockGeometry geometry(CopyRequest answer) {
        ByteBuf data = answer.dataIn;
        int length = data.getInt(data.readerIndex() + 8);
        BlockGeometry geometry = new BlockGeometry(data.getLong(data.readerIndex()) + 1, length, length);
        data.release();
        return geometry;
    }

    private void beginSegment(BlockGeometry from, BlockGeometry to) {
        destinationLength = to.blockLength();
        bytes = (long) segment.blocks() * (segment.countsDestination() ? destinationLength : sourceLength);
        position = 0;
        dataUntil = 0;
        if (list.cscds().get(segment.destination()).blockLength() != destinationLength) {
            fail(CopyFailure.at(AdditionalSense.INCORRECT_COPY_TARGET_DEVICE_TYPE, number, SegmentDescriptor.DESTINATION));
        } else if (bytes % sourceLength != 0 || bytes % destinationLength != 0) {
            fail(CopyFailure.at(AdditionalSense.UNEXPECTED_INEXACT_SEGMENT, number, SegmentDescriptor.BLOCKS));
        } else if (!from.contains(segment.sourceLba(), bytes / sourceLength)) {
            fail(CopyFailure.at(AdditionalSense.COPY_TARGET_DEVICE_NOT_REACHABLE, number, SegmentDescriptor.SOURCE_LBA));
        } else if (!to.contains(segment.destinationLba(), bytes / destinationLength)) {
            fail(CopyFailure.at(AdditionalSense.COPY_TARGET_DEVICE_NOT_REACHABLE, number, SegmentDescriptor.DESTINATION_LBA));
        } else {
            nextChunk();
        }
    }

    // ---- a chunk ----

    private void nextChunk() {
        if (aborted) {
            endAborted();
        } else if (position == bytes) {
            result.segmentDone();
            number++;
            nextSegment();
        } else if (position >= dataUntil) {
            ask(SOURCE, CopyRequest.lbaStatus(sourceLba(), this::answered), this::status);
        } else {
            int size = (int) Math.min(CopyLimits.CHUNK_BYTES, dataUntil - position);
            ask(SOURCE, CopyRequest.read(sourceLba(), size / sourceLength, size, this::answered), this::read);
        }
    }

    private long sourceLba() {
        return segment.sourceLba() + position / sourceLength;
    }

    private long destinationLba() {
        return segment.destinationLba() + position / destinationLength;
    }

    /**
     * What is told may begin later than what was asked for, at the next physical block: what stands before it is copied as data. So is a range that is
     * not whole blocks of the destination, down to its last part.
     */
    private void status(CopyRequest answer) {
        ByteBuf data = answer.dataIn;
        int descriptor = data.readerIndex() + 8;
        long before = data.getLong(descriptor) - sourceLba();
        long told = data.getUnsignedInt(descriptor + 8);
        boolean deallocated = before <= 0 && (data.getByte(descriptor + 12) & 0xF) == DEALLOCATED;
        data.release();
        long alike = Math.min(Math.max(before > 0 ? before : before + told, 1) * sourceLength, bytes - position);
        int whole = Math.max(sourceLength, destinationLength);
        long usable = alike - alike % whole;
        if (deallocated && usable > 0) {
            int blocks = (int) (Math.min(usable, CopyLimits.UNMAP_BYTES) / destinationLength);
            ask(DESTINATION, CopyRequest.unmap(destinationLba(), blocks, this::answered), done -> copied((long) blocks * destinationLength));
        } else {
            dataUntil = position + Math.max(usable, whole);
            nextChunk();
        }
    }

    private void read(CopyRequest answer) {
        chunk = answer.dataIn;
        int size = chunk.readableBytes();
        ask(DESTINATION, CopyRequest.write(destinationLba(), size / destinationLength, chunk, this::answered), done -> copied(size));
    }

    private void copied(long more) {
        releaseChunk();
        position += more;
        result.copied(more);
        nextChunk();
    }

    private void releaseChunk() {
        if (chunk != null) {
            chunk.release();
            chunk = null;
        }
    }

    // ---- requests ----

    private void ask(boolean ofSource, CopyRequest request, Consumer<CopyRequest> next) {
        asked = request;
        askedSource = ofSource;
        then = next;
        CopyPart party = ofSource ? source : destination;
        try {
            party.home().execute(() -> party.run(command.nexus, request));
        } catch (RejectedExecutionException closing) {
            request.reached = false;
            take(request);
        }
    }

    /** The loop of the unit that was asked. */
    private void answered(CopyRequest request) {
        manager.home().execute(() -> take(request));
    }

    private void take(CopyRequest request) {
        asked = null;
        if (request.good()) {
            then.accept(request);
        } else if (aborted) {
            endAborted();
        } else if (!request.reached) {
            int field = askedSource ? SegmentDescriptor.SOURCE : SegmentDescriptor.DESTINATION;
            fail(CopyFailure.at(AdditionalSense.COPY_TARGET_DEVICE_NOT_REACHABLE, number, field));
        } else if (askedSource) {
            fail(CopyFailure.ofSource(number, request.answer()));
        } else {
            fail(CopyFailure.ofDestination(number, request.answer()));
        }
    }

    // ---- the end ----

    /** The copy ends before its next request; the one that is out is taken back where that is still possible. */
    void abort() {
        aborted = true;
        CopyRequest request = asked;
        if (request != null) {
            CopyPart party = askedSource ? source : destination;
            party.home().execute(() -> {
                if (party.takeBack(request)) {
                    request.reached = false;
                    answered(request);
                }
            });
        }
    }

    private void endAborted() {
        end(SenseData.of(AdditionalSense.COMMAND_ABORTED).encode(manager.unit().descriptorSense()));
    }

    private void fail(CopyFailure failure) {
        LOG.debug("LUN {}: a copy stopped: {}", manager.unit().number(), failure);
        end(failure.encode(manager.unit().descriptorSense()));
    }

    /** @param sense null for GOOD */
    private void end(byte[] sense) {
        releaseChunk();
        manager.family().running().remove(this);
        manager.results().end(command.nexus, list, result, sense == null ? null : new CopyFailure.Answer(CHECK_CONDITION, sense));
        if (sense == null) {
            manager.unit().good(command);
        } else {
            manager.unit().fail(command, sense);
        }
    }
}
