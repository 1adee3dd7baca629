package io.spindrift.iscsi.negotiation;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * One key of RFC 7143 13: a row of the table.
 *
 * @param name as on the wire
 * @param kind how two values become one
 * @param stages where an initiator may send it
 * @param min smallest legal number, for numbers
 * @param max largest legal number, for numbers
 * @param standard the value where nobody names one; null for none
 * @param choices what this target takes, for lists
 */
public record TextKey(String name, Kind kind, Set<Stage> stages, long min, long max, String standard, List<String> choices) {
    /** How the value is agreed (RFC 7143 6.2). */
    public enum Kind {
        /** The first of the offered values that this target takes. */
        LIST,
        /** The smaller number. */
        MINIMUM,
        /** The larger number. */
        MAXIMUM,
        /** Yes where both say Yes. */
        AND,
        /** Yes where either says Yes. */
        OR,
        /** Each side states its own number; there is no answer. */
        DECLARED_NUMBER,
        /** The initiator states a text; there is no answer. */
        DECLARED_TEXT,
        /** Spoken between the initiator and an authentication method, which takes it out of the text; Reject wherever none does. */
        AUTHENTICATION,
        /** Only a target states it; from an initiator it is an error answered with Reject. */
        TARGET_ONLY,
        /** Answered with Reject, never with NotUnderstood (RFC 7143 13.25). */
        OBSOLETE
    }

    /** When a key may be sent. */
    public enum Stage { SECURITY, OPERATIONAL, FULL_FEATURE }

    static final Set<Stage> SECURITY = EnumSet.of(Stage.SECURITY);
    static final Set<Stage> OPERATIONAL = EnumSet.of(Stage.OPERATIONAL);
    static final Set<Stage> LOGIN = EnumSet.of(Stage.SECURITY, Stage.OPERATIONAL);
    static final Set<Stage> FULL_FEATURE = EnumSet.of(Stage.FULL_FEATURE);
    static final Set<Stage> NOT_SECURITY = EnumSet.of(Stage.OPERATIONAL, Stage.FULL_FEATURE);
    static final Set<Stage> ANY = EnumSet.allOf(Stage.class);

    static TextKey number(String name, Kind kind, long min, long max, long standard) {
        return new TextKey(name, kind, OPERATIONAL, min, max, Long.toString(standard), List.of());
    }

    static TextKey bool(String name, Kind kind, boolean standard) {
        return new TextKey(name, kind, OPERATIONAL, 0, 0, standard ? "Yes" : "No", List.of());
    }

    static TextKey list(String name, Set<Stage> stages, String standard, String... choices) {
        return new TextKey(name, Kind.LIST, stages, 0, 0, standard, List.of(choices));
    }

    static TextKey of(String name, Kind kind, Set<Stage> stages) {
        return new TextKey(name, kind, stages, 0, 0, null, List.of());
    }
}
