package io.spindrift.fuzz;

/** Where in its life a connection is when it begins to misbehave. */
enum FuzzStage {
    /** The connection is fresh: raw bytes, and first PDUs that are wrong. */
    BEFORE_LOGIN,
    /** Its login is under way: any stage, any key. */
    IN_LOGIN,
    /** It has logged in, and does all that a session can do. */
    FULL_FEATURE;

    /** The stage's name in file names and on the command line. */
    String word() {
        return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
}
