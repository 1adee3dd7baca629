package io.spindrift.config.process;

/** What a command's exit status says. The README's table is made of these rows, and a test holds it to them. */
public enum ExitCode {
    OK(0, "done; for a daemon: closed, with everything in the image"),
    FAILED(1, "the daemon refused or could not do what was asked, or a defect; of `bench`: commands failed or were lost; the line on standard error says which"),
    USAGE(2, "the command line or the settings file is not as it must be; nothing was touched"),
    DIRT_LEFT(3, "`serve` was stopped in time but the image does not hold everything; this host's journal does, and the next start goes on from it"),
    NOT_STARTED(4, "a daemon could not start: an address is taken, a folder is in use by another daemon, or the store is damaged"),
    NO_DAEMON(5, "no daemon answers at the admin address; of `bench`: no session with the target could be had"),
    DAMAGED(6, "`check` found damage that is left, or `bench --verify` read something else than what was written; the lines before say where"),
    FORCED(130, "a second signal ended the daemon at once");

    private final int status;
    private final String meaning;

    ExitCode(int status, String meaning) {
        this.status = status;
        this.meaning = meaning;
    }

    public int status() {
        return status;
    }

    /** This code's row in the README. */
    public String row() {
        return "| " + status + " | " + meaning + " |";
    }
}
