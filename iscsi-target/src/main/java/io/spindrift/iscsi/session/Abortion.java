package io.spindrift.iscsi.session;

/**
 * Something that goes on when the commands it waits for have ended: a task management function, a logout, a session's end.
 * Lives on the home loop of the commands.
 */
final class Abortion {
    private final Runnable then;
    private int outstanding = 1;

    Abortion(Runnable then) {
        this.then = then;
    }

    /** One more command to wait for. */
    void await() {
        outstanding++;
    }

    /** One command less; also called once when all commands were looked at. */
    void ended() {
        if (--outstanding == 0) {
            then.run();
        }
    }

    /** Joins two that wait for the same command: both hear of its end. */
    static Abortion both(Abortion first, Abortion second) {
        return new Abortion(() -> {
            first.ended();
            second.ended();
        });
    }
}
