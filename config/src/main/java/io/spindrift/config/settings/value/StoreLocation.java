package io.spindrift.config.settings.value;

import io.spindrift.store.s3.S3Settings;
import java.nio.file.Path;

/** Where a storage server keeps its segments. Another kind of store is another record here. */
public sealed interface StoreLocation {
    /** A folder of this machine, or of a network file system with hard links. */
    record Folder(Path path) implements StoreLocation {
        @Override
        public String toString() {
            return path.toString();
        }
    }

    /** A bucket. */
    record Bucket(S3Settings settings) implements StoreLocation {
        @Override
        public String toString() {
            return settings.address();
        }
    }
}
