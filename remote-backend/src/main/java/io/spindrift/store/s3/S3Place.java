package io.spindrift.store.s3;

import io.spindrift.store.StoreException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;

/** What lies below a prefix: an object that says that this is a store, and {@code objects/}. */
final class S3Place {
    private static final String MARKER = "SPINDRIFT-STORE";
    private static final String CONTENT = "spindrift store, format 1\n";
    private static final int MAX_MARKER_BYTES = 4096;

    private final S3Client client;
    private final S3Settings settings;
    private final S3Uploads uploads;

    S3Place(S3Client client, S3Settings settings, S3Uploads uploads) {
        this.client = client;
        this.settings = settings;
        this.uploads = uploads;
    }

    /** Makes sure that this is a store of ours on a server that keeps conditions. @param nonce names what is tried out */
    void claim(String nonce) throws StoreException {
        String found = marker();
        if (found == null) {
            if (!isEmpty()) {
                throw refused("is not empty and holds no store");
            }
            putIfAbsent(settings.prefix() + MARKER, CONTENT);
            found = marker();
        }
        if (!CONTENT.equals(found)) {
            throw refused("holds something else, or a store of another version: '" + firstLine(found) + "'");
        }
        requireConditions(settings.prefix() + "tmp/" + nonce);
    }

    private void requireConditions(String key) throws StoreException {
        boolean first = putIfAbsent(key, "1");
        boolean second = putIfAbsent(key, "2");
        client.deleteObject(r -> r.bucket(settings.bucket()).key(key));
        if (!first || second) {
            throw refused("is on a server that takes no notice of If-None-Match: two hosts could write one disk");
        }
    }

    private String marker() {
        try {
            byte[] bytes = client.getObjectAsBytes(r -> r.bucket(settings.bucket()).key(settings.prefix() + MARKER).range("bytes=0-" + (MAX_MARKER_BYTES - 1)))
                    .asByteArrayUnsafe();
            return new String(bytes, StandardCharsets.UTF_8);
        } catch (SdkException failed) {
            if (S3Failures.of("", failed).kind() == StoreException.Kind.ABSENT) {
                return null;
            }
            throw failed;
        }
    }

    private boolean isEmpty() {
        return client.listObjectsV2(r -> r.bucket(settings.bucket()).prefix(settings.prefix()).maxKeys(1)).contents().isEmpty();
    }

    private boolean putIfAbsent(String key, String content) {
        try {
            uploads.put(key, List.of(ByteBuffer.wrap(content.getBytes(StandardCharsets.UTF_8))), true, Map.of());
            return true;
        } catch (SdkException failed) {
            if (S3Failures.isStatus(failed, S3Failures.PRECONDITION_FAILED)) {
                return false;
            }
            throw failed;
        }
    }

    private StoreException refused(String why) {
        return new StoreException(StoreException.Kind.INVALID, settings.address() + " " + why);
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("").replaceAll("\\p{Cntrl}", "?");
        return line.length() > 60 ? line.substring(0, 60) + "..." : line;
    }
}
