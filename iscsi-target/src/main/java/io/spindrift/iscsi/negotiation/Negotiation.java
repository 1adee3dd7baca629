package io.spindrift.iscsi.negotiation;

import static org.jscsi.parser.datasegment.OperationalTextKey.*;

import io.spindrift.iscsi.negotiation.TextKey.Stage;
import java.util.HashMap;
import java.util.Map;

/**
 * One login's negotiation: answers what the initiator offers, key by key, and keeps what was agreed. Made by the login phase,
 * on its connection's loop, and dropped with it.
 */
public final class Negotiation {
    static final String NOT_UNDERSTOOD = "NotUnderstood";
    static final String REJECT = "Reject";
    static final String IRRELEVANT = "Irrelevant";

    /** What this target wishes for, by key; a key that is not here is answered with the initiator's own value. */
    private final Map<String, String> wishes;
    private final Map<String, String> agreed = new HashMap<>();

    public Negotiation(Map<String, String> wishes) {
        this.wishes = wishes;
    }

    /** What the initiator declared, or what was agreed, or the standard's value; null for none of these. */
    public String value(String key) {
        String value = agreed.get(key);
        if (value != null) {
            return value;
        }
        TextKey row = KeyTable.find(key);
        return row == null ? null : row.standard();
    }

    /** The answer to {@code offer}; null where the key has none. */
    public String answer(String key, String offer, Stage stage) {
        TextKey row = KeyTable.find(key);
        if (row == null) {
            return NOT_UNDERSTOOD;
        }
        if (offer.equals(NOT_UNDERSTOOD) || offer.equals(REJECT) || offer.equals(IRRELEVANT)) {
            return null;
        }
        if (!row.stages().contains(stage)) {
            return REJECT;
        }
        switch (row.kind()) {
            case OBSOLETE:
            case TARGET_ONLY:
                return REJECT;
            case DECLARED_TEXT:
                return declareText(row, offer);
            case DECLARED_NUMBER:
                return number(row, offer) < 0 ? REJECT : keep(row, Long.toString(number(row, offer)), null);
            case LIST:
                return choose(row, offer);
            case AND:
            case OR:
                return combine(row, offer);
            default:
                return bound(row, offer);
        }
    }

    /** What was agreed; absent keys have the standard's values. {@code targetReceives} is what this target declared. */
    public SessionParameters parameters(int targetReceives) {
        int maxBurst = intOf(MAX_BURST_LENGTH.value());
        return new SessionParameters(intOf(MAX_RECV_DATA_SEGMENT_LENGTH.value()), targetReceives, maxBurst,
            Math.min(maxBurst, intOf(FIRST_BURST_LENGTH.value())), intOf(MAX_OUTSTANDING_R2T.value()),
            isYes(INITIAL_R2T.value()), isYes(IMMEDIATE_DATA.value()),
            value(HEADER_DIGEST.value()).equals("CRC32C"), value(DATA_DIGEST.value()).equals("CRC32C"),
            intOf(DEFAULT_TIME_2_WAIT.value()), intOf(DEFAULT_TIME_2_RETAIN.value()));
    }

    private String declareText(TextKey row, String offer) {
        if (!row.choices().isEmpty() && !row.choices().contains(offer)) {
            return REJECT;
        }
        return keep(row, offer, null);
    }

    private String choose(TextKey row, String offer) {
        String wish = wishes.get(row.name());
        for (String candidate : offer.split(",")) {
            if (row.choices().contains(candidate) && (wish == null || wish.contains(candidate))) {
                return keep(row, candidate, candidate);
            }
        }
        return REJECT;
    }

    private String combine(TextKey row, String offer) {
        boolean yes = offer.equals("Yes");
        if (!yes && !offer.equals("No")) {
            return REJECT;
        }
        boolean wish = wishes.containsKey(row.name()) ? wishes.get(row.name()).equals("Yes") : yes;
        boolean result = row.kind() == TextKey.Kind.AND ? yes && wish : yes || wish;
        return keep(row, result ? "Yes" : "No", result ? "Yes" : "No");
    }

    private String bound(TextKey row, String offer) {
        long offered = number(row, offer);
        if (offered < 0) {
            return REJECT;
        }
        long wish = wishes.containsKey(row.name()) ? Long.parseLong(wishes.get(row.name())) : offered;
        long result = row.kind() == TextKey.Kind.MINIMUM ? Math.min(offered, wish) : Math.max(offered, wish);
        return keep(row, Long.toString(result), Long.toString(result));
    }

    private String keep(TextKey row, String value, String answer) {
        agreed.put(row.name(), value);
        return answer;
    }

    /** The number in decimal or 0x hexadecimal (RFC 7143 6.1); -1 where it is none, or outside of the row's range. */
    private static long number(TextKey row, String text) {
        try {
            boolean hex = text.startsWith("0x") || text.startsWith("0X");
            long value = hex ? Long.parseLong(text.substring(2), 16) : Long.parseLong(text);
            return value < row.min() || value > row.max() ? -1 : value;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private int intOf(String key) {
        return Integer.parseInt(value(key));
    }

    private boolean isYes(String key) {
        return value(key).equals("Yes");
    }
}
