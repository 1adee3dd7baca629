package io.spindrift.block;

import io.netty.buffer.ByteBuf;

/**
 * Fails requests by rule, before the device behind it sees them. For tests of everything above a device; used on the home loop of
 * the inner device.
 */
public final class ErrorDevice extends ForwardingDevice {
    /** The verbs that can fail. */
    public enum Verb {
        READ,
        WRITE,
        FLUSH,
        UNMAP
    }

    /** Says what fails. */
    public interface Rule {
        /**
         * @param lba first block, and {@code blockCount} of them; both 0 for a flush
         * @return null to let the request pass
         */
        BlockFailure failureOf(Verb verb, long lba, long blockCount);
    }

    private static final Rule NOTHING = (verb, lba, blockCount) -> null;

    private Rule rule = NOTHING;

    public ErrorDevice(BlockDevice inner) {
        super(inner);
    }

    /** Takes effect with the next request. */
    public void rule(Rule newRule) {
        rule = newRule;
    }

    /** Every request passes from now on. */
    public void heal() {
        rule = NOTHING;
    }

    @Override
    public void read(long lba, int blockCount, ByteBuf dst, Completion completion) {
        if (passes(Verb.READ, lba, blockCount, completion)) {
            super.read(lba, blockCount, dst, completion);
        }
    }

    @Override
    public void write(long lba, int blockCount, ByteBuf src, boolean fua, Completion completion) {
        if (passes(Verb.WRITE, lba, blockCount, completion)) {
            super.write(lba, blockCount, src, fua, completion);
        }
    }

    @Override
    public void flush(Completion completion) {
        if (passes(Verb.FLUSH, 0, 0, completion)) {
            super.flush(completion);
        }
    }

    @Override
    public void unmap(long lba, long blockCount, Completion completion) {
        if (passes(Verb.UNMAP, lba, blockCount, completion)) {
            super.unmap(lba, blockCount, completion);
        }
    }

    private boolean passes(Verb verb, long lba, long blockCount, Completion completion) {
        BlockFailure failure = rule.failureOf(verb, lba, blockCount);
        if (failure != null) {
            completion.failed(failure);
        }
        return failure == null;
    }
}
