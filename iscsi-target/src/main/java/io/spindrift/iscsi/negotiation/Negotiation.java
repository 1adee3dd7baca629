package io.spindrift.iscsi.negotiation;

import static org.jscsi.parser.datasegment.OperationalTextKey.*;

import io.spindrift.iscsi.negotiation.TextKey.Stage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * One login's negotiation: answers what the initiator offers, key by key, and keeps what was agreed. Made by the login phase,
 * on its connection's loop, and dropped with it.
 */
public final class Negotiation {
    static final String NOT_UNDERSTOOD = "NotUnderstood";
    static final String REJECT = "Reject";
    static final String IRRELEVANT = "Irrelevant";

    /** Far more than any key's range needs, with leading zeros. */
    private static final int MOST_DIGITS = 15;

    /** What this target wishes for, by key; a key that is not here is answered with the initiator's own value. */
    private final Map<String, String> wishes;
    private final Map<String, String> agreed = new HashMap<>();
    private final boolean discovery;

    /** @param discovery whether the session is for discovery, where some keys are irrelevant */
    public Negotiation(Map<String, String> wishes, boolean discovery) {
        this.wishes = wishes;
        this.discovery = discovery;
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

    /**
     * Answers a text, key by key in the order in which they came, but for the first burst: what it may be depends on others.
     *
     * @param out where the answers are appended
     */
    public void answerAll(Map<String, String> pairs, Stage stage, StringBuilder out) {
        pairs.forEach((key, offer) -> {
            if (!key.equals(FIRST_BURST_LENGTH.value())) {
                answer(key, offer, stage, out);
            }
        });
        String firstBurst = pairs.get(FIRST_BURST_LENGTH.value());
        if (firstBurst != null) {
            answer(FIRST_BURST_LENGTH.value(), firstBurst, stage, out);
        }
    }

    private void answer(String key, String offer, Stage stage, StringBuilder out) {
        String answer = answer(key, offer, stage);
        if (answer != null) {
            TextPairs.append(out, key, answer);
        }
    }

    /** The answer to {@code offer}; null where the key has none. */
    String answer(String key, String offer, Stage stage) {
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
        if (discovery && KeyTable.irrelevantInDiscovery(key)) {
            return IRRELEVANT;
        }
        switch (row.kind()) {
            case AUTHENTICATION:
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
            if (row.choices().contains(candidate) && (wish == null || List.of(wish.split(",")).contains(candidate))) {
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
        if (row.name().equals(FIRST_BURST_LENGTH.value())) {
            if (noneUnsolicited()) {
                return IRRELEVANT;
            }
            // RFC 7143 13.14: never more than a burst.
            result = Math.min(result, intOf(MAX_BURST_LENGTH.value()));
        }
        return keep(row, Long.toString(result), Long.toString(result));
    }

    /** Whether it is settled that no data comes unsolicited. */
    private boolean noneUnsolicited() {
        return "Yes".equals(agreed.get(INITIAL_R2T.value())) && "No".equals(agreed.get(IMMEDIATE_DATA.value()));
    }

    private String keep(TextKey row, String value, String answer) {
        agreed.put(row.name(), value);
        return answer;
    }

    /** The number in decimal or 0x hexadecimal (RFC 7143 6.1); -1 where it is none, or outside of the row's range. */
    private static long number(TextKey row, String text) {
        boolean hex = text.startsWith("0x") || text.startsWith("0X");
        String digits = hex ? text.substring(2) : text;
        // Long.parseLong takes signs and digits of other scripts too.
        if (digits.isEmpty() || digits.length() > MOST_DIGITS || !digits.chars().allMatch(hex ? Negotiation::isHexDigit : Negotiation::isDigit)) {
            return -1;
        }
        long value = Long.parseLong(digits, hex ? 16 : 10);
        return value < row.min() || value > row.max() ? -1 : value;
    }

    private static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHexDigit(int c) {
        return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    private int intOf(String key) {
        return Integer.parseInt(value(key));
    }

    private boolean isYes(String key) {
        return value(key).equals("Yes");
    }
}
