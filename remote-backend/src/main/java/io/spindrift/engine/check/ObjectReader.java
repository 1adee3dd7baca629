package io.spindrift.engine.check;

import io.spindrift.engine.format.FormatException;
import io.spindrift.engine.format.FramedFormat;
import io.spindrift.store.SegmentStore;
import io.spindrift.store.StoreException;
import io.spindrift.store.StoredObject;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads objects that may be gone by now. Has no state but the store; blocks. */
record ObjectReader(SegmentStore store) {
    /** Makes sense of a small object. */
    interface Decoder<T> {
        T decode(ByteBuffer bytes, String object) throws FormatException;
    }

    /** @return false where the object is gone, or ends before */
    boolean read(String name, long offset, ByteBuffer into) throws IOException {
        try {
            store.read(name, offset, into);
            into.flip();
            return true;
        } catch (StoreException e) {
            if (e.kind() == StoreException.Kind.ABSENT) {
                return false;
            }
            throw e;
        }
    }

    /** The whole object, of {@code limit} bytes at the most. @return null where it is gone */
    ByteBuffer whole(StoredObject object, int limit) throws IOException {
        if (object.length() > limit) {
            throw new FormatException(object.name(), "has " + object.length() + " bytes, more than any such object");
        }
        ByteBuffer bytes = ByteBuffer.allocate((int) object.length());
        return read(object.name(), 0, bytes) ? bytes : null;
    }

    /** Objects that are replaced in place are looked at once more where the first look fails. @return null where it is gone */
    <T> T framed(StoredObject object, Decoder<T> decoder) throws IOException {
        ByteBuffer bytes = whole(object, FramedFormat.MAX_BYTES);
        if (bytes == null) {
            return null;
        }
        try {
            return decoder.decode(bytes, object.name());
        } catch (FormatException e) {
            long length = store.length(object.name());
            ByteBuffer again = length < 0 ? null : whole(new StoredObject(object.name(), length), FramedFormat.MAX_BYTES);
            return again == null ? null : decoder.decode(again, object.name());
        }
    }
}
