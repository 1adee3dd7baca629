package io.spindrift.harness.proxy;

/** Whether the link carries anything. */
enum LinkState {
    /** Bytes go through. */
    UP,
    /** Nothing goes through and nobody is told: packets vanish. New connections hang. */
    CUT,
    /** Connections were reset, new ones are refused by closing them at once. */
    REFUSED
}
