package io.spindrift.store.s3;

import io.spindrift.store.StoreException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says in the store's words what S3, or the way there, said. */
final class S3Failures {
    static final int NOT_FOUND = 404;
    /** A conditional put whose condition does not hold. */
    static final int PRECONDITION_FAILED = 412;
    /** Two conditional puts of one name met: neither may have happened. */
    static final int CONFLICT = 409;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int INSUFFICIENT_STORAGE = 507;

    private S3Failures() {}

    static boolean isStatus(SdkException e, int status) {
        return e instanceof S3Exception said && said.statusCode() == status;
    }

    static StoreException of(String what, SdkException e) {
        if (!(e instanceof S3Exception said)) {
            return new StoreException(StoreException.Kind.UNAVAILABLE, what + ": " + e.getMessage(), e);
        }
        String code = said.awsErrorDetails() == null || said.awsErrorDetails().errorCode() == null ? "" : said.awsErrorDetails().errorCode();
        String reason = what + ": " + said.statusCode() + (code.isEmpty() ? "" : " " + code);
        return new StoreException(kind(said.statusCode(), code), reason, e);
    }

    /** What may be mended without us (a key, a policy, a bucket that is made later) is waited for like a server that is away. */
    private static StoreException.Kind kind(int status, String code) {
        boolean full = status == INSUFFICIENT_STORAGE || "QuotaExceeded".equals(code) || "XMinioStorageFull".equals(code) || "EntityTooLarge".equals(code);
        boolean missing = status == NOT_FOUND && !"NoSuchBucket".equals(code) || status == RANGE_NOT_SATISFIABLE;
        return full ? StoreException.Kind.FULL : missing ? StoreException.Kind.ABSENT : StoreException.Kind.UNAVAILABLE;
    }
}
