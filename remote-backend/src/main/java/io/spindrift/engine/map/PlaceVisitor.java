package io.spindrift.engine.map;

/** Sees blocks and their places. */
@FunctionalInterface
public interface PlaceVisitor {
    /** @return whether to go on */
    boolean place(long block, long place);
}
