package io.spindrift.config;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks the few places of the assembly that may take time, randomness and threads from their surroundings, in order to hand them to
 * everything else. The build refuses such calls anywhere else.
 */
@Retention(RetentionPolicy.CLASS)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.CONSTRUCTOR})
public @interface Ambient {
    /** What is taken, and why here. */
    String value();
}
