package io.spindrift.block;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

/** Remembers how a request ended. */
public final class TestCompletion implements Completion {
    private int ends;
    private BlockFailure failure;

    @Override
    public void done() {
        ends++;
    }

    @Override
    public void failed(BlockFailure why) {
        ends++;
        failure = why;
    }

    /** How often one of the two methods was called. */
    public int ends() {
        return ends;
    }

    public BlockFailure failure() {
        return failure;
    }

    public void assertDone() {
        assertEquals(1, ends, "completions");
        assertNull(failure);
    }

    public void assertFailed(BlockFailure expected) {
        assertEquals(1, ends, "completions");
        assertEquals(expected, failure);
    }
}
