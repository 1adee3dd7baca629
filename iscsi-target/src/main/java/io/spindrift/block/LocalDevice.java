package io.spindrift.block;

/** What the devices that answer on the spot share: geometry, readiness, the listener, and the checks at the door. */
abstract class LocalDevice implements BlockDevice {
    private BlockGeometry geometry;
    private Readiness readiness = Readiness.READY;
    private DeviceListener listener;
    private boolean closed;

    LocalDevice(BlockGeometry geometry) {
        this.geometry = geometry;
    }

    @Override
    public final BlockGeometry geometry() {
        return geometry;
    }

    @Override
    public final Readiness readiness() {
        return readiness;
    }

    @Override
    public final void listen(DeviceListener newListener) {
        listener = newListener;
    }

    /** Grows or shrinks the device and tells the listener; data past a new, smaller end is gone. */
    public void resize(long blockCount) {
        geometry = new BlockGeometry(blockCount, geometry.blockLength(), geometry.physicalBlockLength());
        if (listener != null) {
            listener.geometryChanged();
        }
    }

    /** Changes what the device says of itself and tells the listener; requests are served in every state. */
    public final void readiness(Readiness next) {
        readiness = next;
        if (listener != null) {
            listener.readinessChanged();
        }
    }

    @Override
    public void extents(long lba, long blockCount, ExtentVisitor visitor, Completion completion) {
        if (admit(lba, blockCount, completion)) {
            BlockDevice.super.extents(lba, blockCount, visitor, completion);
        }
    }

    @Override
    public void preFetch(long lba, long blockCount, Completion completion) {
        if (admit(lba, blockCount, completion)) {
            completion.done();
        }
    }

    @Override
    public void close(Completion completion) {
        closed = true;
        completion.done();
    }

    /** Whether a request may run; where it may not, {@code completion} has been told why. */
    final boolean admit(long lba, long count, Completion completion) {
        if (closed) {
            completion.failed(BlockFailure.CLOSED);
            return false;
        }
        if (!geometry.contains(lba, count)) {
            completion.failed(BlockFailure.INVALID);
            return false;
        }
        return true;
    }

    /** As {@link #admit(long, long, Completion)}, for a request with a buffer that has {@code available} bytes for it. */
    final boolean admit(long lba, int count, int available, Completion completion) {
        if (!admit(lba, count, completion)) {
            return false;
        }
        if ((long) count * geometry.blockLength() > available) {
            completion.failed(BlockFailure.INVALID);
            return false;
        }
        return true;
    }
}
