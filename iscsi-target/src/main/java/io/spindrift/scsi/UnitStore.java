package io.spindrift.scsi;

import java.util.concurrent.CompletableFuture;

/**
 * What one logical unit keeps for longer than the daemon runs: reservations with APTPL, saved mode pages. A few small values by name. Made
 * by the assembly, one for each unit; every call comes on the target's home loop, and futures end there.
 *
 * <p>The values may come late: what is kept with the disk's content is known only when that can be reached. Until then {@link #isSettled}
 * is false, {@link #load} tells what was known last, and the unit does not serve its medium. When better values come, the listener is
 * called, and who uses the store loads again.
 */
public interface UnitStore {
    /** Most bytes in one value. */
    int MAX_VALUE_BYTES = 64 << 10;

    /** Most values in one store. */
    int MAX_NAMES = 8;

    /**
     * The value as it was last saved, at once.
     *
     * @param name 1 to 32 of {@code a-z 0-9 -}
     * @return the caller's own copy; null where there is none
     */
    byte[] load(String name);

    /**
     * Keeps a value in place of the former one. From the call on {@link #load} tells the new one; saves of one name take effect in the order
     * of their calls.
     *
     * @param value at most {@link #MAX_VALUE_BYTES}; not changed by the caller any more
     * @return done when the value survives power loss of this host; fails with an {@link java.io.IOException} where it can't be kept, and
     *     with IllegalArgumentException where a limit is passed (nothing has changed then)
     */
    CompletableFuture<Void> save(String name, byte[] value);

    /** Whether what {@link #load} tells is the last word. Looked at by every command that needs the medium. */
    boolean isSettled();

    /** Names the one listener, which is called when values came from elsewhere or the store has settled; null removes it. */
    void listen(Runnable changed);

    /** Refuses what passes a limit. */
    static void check(String name, byte[] value) {
        if (name == null || !name.matches("[a-z0-9-]{1,32}")) {
            throw new IllegalArgumentException("a kept value's name is 1 to 32 of a-z 0-9 -, not '" + name + "'");
        }
        if (value.length > MAX_VALUE_BYTES) {
            throw new IllegalArgumentException("a kept value has at most " + MAX_VALUE_BYTES + " bytes, not " + value.length);
        }
    }
}
