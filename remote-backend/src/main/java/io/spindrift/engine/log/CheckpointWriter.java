package io.spindrift.engine.log;

import io.spindrift.engine.format.Checksums;
import io.spindrift.engine.manifest.Manifest;
import io.spindrift.engine.manifest.ManifestFormat;
import io.spindrift.engine.manifest.MapPieceWriter;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.manifest.TablePiece;
import io.spindrift.image.ImageCatalog;
import io.spindrift.store.SegmentStore;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Writes one checkpoint of one image, a piece at a time, while the image goes on. The map's pieces are taken one after the other and so
 * may show entries that came after the checkpoint's number; replaying those again ends in the same map, because the last entry that names
 * a block decides, and a move counts only where the map still names the old place.
 *
 * <p>Made by the image for one run, lives on the loop.
 */
public final class CheckpointWriter {
    private static final int PIECE_BYTES = 1 << 20;
    private static final long LAST_BLOCK = ImageCatalog.MAX_SIZE_BYTES / io.spindrift.image.Image.BLOCK_BYTES;

    private final ImageChain chain;
    private final StoreCalls calls;
    private final SegmentStore store;
    private final long nonce;
    private final Manifest head;
    private final long[] tableNumbers;
    private final List<Manifest.Piece> pieces = new ArrayList<>();
    private final CompletableFuture<Boolean> result = new CompletableFuture<>();
    private int tableAt;
    private long mapAt;
    private long bytes;

    public CheckpointWriter(ImageChain chain, StoreCalls calls, SegmentStore store, long nonce) {
        this.chain = chain;
        this.calls = calls;
        this.store = store;
        this.nonce = nonce;
        head = chain.history().manifest(nonce, chain.checkpointNumber(), chain.map().allocatedBlocks(), List.of());
        tableNumbers = chain.live().numbers(Long.MAX_VALUE, number -> true);
    }

    /** @return whether this became the newest checkpoint; false where another server's is there already */
    public CompletableFuture<Boolean> run() {
        step();
        return result;
    }

    private void step() {
        ByteBuffer piece = nextPiece();
        if (piece == null) {
            publish();
            return;
        }
        String name = ObjectNames.piece(head.imageId(), head.number(), nonce, pieces.size());
        calls.call(() -> {
            int checksum = Checksums.of(piece, 0, piece.limit());
            store.putIfAbsent(name, piece.duplicate());
            return new Manifest.Piece(piece.limit(), checksum);
        }).whenComplete((written, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            bytes += written.lengthBytes();
            pieces.add(written);
            step();
        });
    }

    private ByteBuffer nextPiece() {
        if (tableAt < tableNumbers.length) {
            int from = tableAt;
            tableAt = Math.min(tableNumbers.length, from + TablePiece.rows(PIECE_BYTES));
            return TablePiece.encode(tableNumbers, from, tableAt, chain.live());
        }
        if (mapAt >= LAST_BLOCK) {
            return null;
        }
        MapPieceWriter writer = new MapPieceWriter(PIECE_BYTES);
        long[] next = {LAST_BLOCK};
        boolean[] any = new boolean[1];
        chain.map().visit(mapAt, LAST_BLOCK, (block, place) -> {
            any[0] = true;
            boolean goOn = writer.place(block, place);
            next[0] = goOn ? LAST_BLOCK : block + 1;
            return goOn;
        });
        mapAt = next[0];
        return any[0] ? writer.finish() : null;
    }

    private void publish() {
        Manifest manifest = new Manifest(head.imageId(), head.number(), nonce, head.previous(), head.sizeBlocks(), head.allocatedBlocks(),
                head.appliedSequence(), head.appliedMs(), head.unmapFloor(), head.spans(), head.marks(), head.unmaps(), pieces);
        String name = ObjectNames.manifest(head.imageId(), head.number());
        calls.call(() -> store.putIfAbsent(name, ManifestFormat.encode(manifest))).whenComplete((mine, failure) -> {
            if (failure != null) {
                result.completeExceptionally(failure);
                return;
            }
            if (mine) {
                chain.checkpointed(head.number(), head.previous(), bytes);
            }
            result.complete(mine);
        });
    }
}
