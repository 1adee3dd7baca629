package io.spindrift.scsi.copy;

import io.spindrift.scsi.Nexus;
import java.util.HashMap;
import java.util.Map;

/**
 * How the copies of one unit stand, by nexus and list identifier: those under way, and of those that ended the ones whose result is to be kept, until the
 * identifier is used again or the nexus goes. At most 256 for a nexus. Lives on the unit's home loop.
 */
final class CopyResults {
    /** One copy. */
    static final class Result {
        private boolean ended;
        private CopyFailure.Answer failure;
        private int segments;
        private long bytes;

        /** @param more bytes that stand in the destination now */
        void copied(long more) {
            bytes += more;
        }

        void segmentDone() {
            segments++;
        }

        /** @param answer what the command is answered with; null for GOOD */
        private void end(CopyFailure.Answer answer) {
            ended = true;
            failure = answer;
        }

        boolean hasEnded() {
            return ended;
        }

        /** @return null where the copy goes on, or went well */
        CopyFailure.Answer failure() {
            return failure;
        }

        int segments() {
            return segments;
        }

        long bytes() {
            return bytes;
        }
    }

    private final Map<Nexus, Map<Integer, Result>> byNexus = new HashMap<>();

    /** @return null where there is no copy of that identifier */
    Result find(Nexus nexus, int identifier) {
        return byNexus.getOrDefault(nexus, Map.of()).get(identifier);
    }

    boolean isRunning(Nexus nexus, int identifier) {
        Result result = find(nexus, identifier);
        return result != null && !result.ended;
    }

    /** A copy begins; a result of the same identifier is dropped. */
    Result begin(Nexus nexus, CopyList list) {
        Result result = new Result();
        if (list.identified()) {
            byNexus.computeIfAbsent(nexus, key -> new HashMap<>()).put(list.identifier(), result);
        }
        return result;
    }

    void end(Nexus nexus, CopyList list, Result result, CopyFailure.Answer answer) {
        result.end(answer);
        Map<Integer, Result> own = byNexus.get(nexus);
        if (own != null && !list.held()) {
            own.remove(list.identifier(), result);
        }
    }

    void forget(Nexus nexus) {
        byNexus.remove(nexus);
    }

    void clear() {
        byNexus.clear();
    }
}
