package io.spindrift.engine.check;

import io.spindrift.engine.format.Checksums;
import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.ObjectNames;
import io.spindrift.engine.manifest.Manifest;
import io.spindrift.engine.manifest.ManifestFormat;
import io.spindrift.image.Damage.Blocks;
import io.spindrift.image.Damage.Harm;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;

/** The manifests of one image and their pieces. A damaged one is passed over when the image is opened, as long as there is another. */
final class CheckpointCheck {
    private static final int LIST_PAGE = 1000;

    private final ObjectReader reader;
    private final UUID imageId;
    private final ImageCheck image;

    CheckpointCheck(ObjectReader reader, UUID imageId, ImageCheck image) {
        this.reader = reader;
        this.imageId = imageId;
        this.image = image;
    }

    void steps(List<CheckStep> then) throws IOException {
        for (StoredObject object : reader.store().list(ObjectNames.manifests(imageId), "", LIST_PAGE)) {
            then.add(more -> manifest(more, object));
        }
    }

    private long manifest(List<CheckStep> then, StoredObject object) throws IOException {
        try {
            ByteBuffer bytes = reader.whole(object, ManifestFormat.MAX_BYTES);
            if (bytes == null) {
                return 0;
            }
            Manifest manifest = ManifestFormat.decode(bytes, imageId, ObjectNames.manifestNumber(imageId, object.name()), object.name());
            for (int i = 0; i < manifest.pieces().size(); i++) {
                int index = i;
                then.add(more -> piece(manifest, index, object.name()));
            }
        } catch (FormatException e) {
            damaged(object.name(), e.getMessage());
        }
        return object.length();
    }

    private long piece(Manifest manifest, int index, String manifestObject) throws IOException {
        Manifest.Piece piece = manifest.pieces().get(index);
        String name = ObjectNames.piece(imageId, manifest.number(), manifest.nonce(), index);
        ByteBuffer bytes = ByteBuffer.allocate(Math.max(0, Math.min(piece.lengthBytes(), ManifestFormat.MAX_BYTES)));
        if (!reader.read(name, 0, bytes)) {
            // A checkpoint that was replaced loses its manifest first.
            if (reader.store().length(manifestObject) >= 0) {
                damaged(name, "is missing or too short");
            }
            return 0;
        }
        if (Checksums.of(bytes, 0, bytes.limit()) != piece.checksum()) {
            damaged(name, "fails its checksum");
        }
        return bytes.limit();
    }

    private void damaged(String object, String what) {
        image.tell(Harm.REPLACED, Blocks.whole(image.name()), object, 0, what + "; the checkpoint is passed over");
    }
}
