package io.spindrift.store.s3;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;

/**
 * Brings bodies to S3: in one request, or a large one in parts that count together at the end. Either way one request decides, and
 * carries the condition.
 */
final class S3Uploads {
    private static final Logger LOG = LoggerFactory.getLogger(S3Uploads.class);
    /** Only where no object has the name. */
    private static final String NOTHING_THERE = "*";

    private final S3Client client;
    private final S3Settings settings;

    S3Uploads(S3Client client, S3Settings settings) {
        this.client = client;
        this.settings = settings;
    }

    /** @param ifAbsent fails with 412 where the name is taken */
    void put(String key, List<ByteBuffer> body, boolean ifAbsent, Map<String, String> metadata) {
        if (PartsStream.length(body) > settings.partBytes()) {
            inParts(key, body, ifAbsent, metadata);
        } else {
            client.putObject(r -> r.bucket(settings.bucket()).key(key).metadata(metadata).ifNoneMatch(ifAbsent ? NOTHING_THERE : null), PartsStream.of(body));
        }
    }

    private void inParts(String key, List<ByteBuffer> body, boolean ifAbsent, Map<String, String> metadata) {
        String upload = client.createMultipartUpload(r -> r.bucket(settings.bucket()).key(key).metadata(metadata)).uploadId();
        try {
            List<CompletedPart> parts = parts(key, upload, body);
            client.completeMultipartUpload(r -> r.bucket(settings.bucket()).key(key).uploadId(upload).ifNoneMatch(ifAbsent ? NOTHING_THERE : null)
                    .multipartUpload(whole -> whole.parts(parts)));
        } catch (SdkException failed) {
            abort(key, upload);
            throw failed;
        }
    }

    private List<CompletedPart> parts(String key, String upload, List<ByteBuffer> body) {
        List<CompletedPart> parts = new ArrayList<>();
        for (long offset = 0; offset < PartsStream.length(body); offset += settings.partBytes()) {
            List<ByteBuffer> part = PartsStream.slice(body, offset, settings.partBytes());
            int number = parts.size() + 1;
            String tag = client.uploadPart(r -> r.bucket(settings.bucket()).key(key).uploadId(upload).partNumber(number), PartsStream.of(part)).eTag();
            parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
        }
        return parts;
    }

    private void abort(String key, String upload) {
        try {
            client.abortMultipartUpload(r -> r.bucket(settings.bucket()).key(key).uploadId(upload));
        } catch (SdkException left) {
            LOG.debug("{}: an upload in parts was left behind; a lifecycle rule of the bucket removes such", key, left);
        }
    }
}
