package io.spindrift.iscsi.auth;

import io.spindrift.iscsi.negotiation.TextPairs;
import java.security.MessageDigest;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jscsi.parser.login.LoginStatus;

/**
 * One login's CHAP (RFC 7143 12.1.3): the initiator offers algorithms, gets a challenge, answers it, and may send a challenge of its
 * own with that answer.
 */
final class ChapExchange {
    private enum State { ALGORITHM, RESPONSE, DONE }

    private static final String ALGORITHM = "CHAP_A";
    private static final String IDENTIFIER = "CHAP_I";
    private static final String CHALLENGE = "CHAP_C";
    private static final String NAME = "CHAP_N";
    private static final String RESPONSE = "CHAP_R";
    /** What stands in for the secret of a user that is not known, so that the answer takes as long. */
    private static final String NOBODY = "nobody's secret";

    private final ChapSettings settings;
    private final RandomGenerator random;
    private State state = State.ALGORITHM;
    private ChapAlgorithm algorithm;
    private int identifier;
    private byte[] challenge;
    private String user;

    ChapExchange(ChapSettings settings, RandomGenerator random) {
        this.settings = settings;
        this.random = random;
    }

    boolean done() {
        return state == State.DONE;
    }

    String user() {
        return user;
    }

    /** A request without a key of CHAP leaves the exchange where it is. */
    void step(Map<String, String> pairs, StringBuilder reply) throws LoginRefusal {
        if (state == State.ALGORITHM && pairs.containsKey(ALGORITHM)) {
            challenge(pairs.remove(ALGORITHM), reply);
        } else if (state == State.RESPONSE && (pairs.containsKey(NAME) || pairs.containsKey(RESPONSE))) {
            verify(pairs.remove(NAME), pairs.remove(RESPONSE));
            prove(pairs.remove(IDENTIFIER), pairs.remove(CHALLENGE), reply);
            state = State.DONE;
        }
        for (String key : pairs.keySet()) {
            if (key.startsWith("CHAP_")) {
                throw new LoginRefusal(LoginStatus.INITIATOR_ERROR, "a key of CHAP that has no place there: " + key);
            }
        }
    }

    private void challenge(String offer, StringBuilder reply) throws LoginRefusal {
        algorithm = choose(offer);
        identifier = random.nextInt(256);
        challenge = new byte[algorithm.length()];
        random.nextBytes(challenge);
        TextPairs.append(reply, ALGORITHM, Integer.toString(algorithm.number()));
        TextPairs.append(reply, IDENTIFIER, Integer.toString(identifier));
        TextPairs.append(reply, CHALLENGE, LargeBinary.encode(challenge));
        state = State.RESPONSE;
    }

    /** The first of the initiator's list that is taken here. */
    private ChapAlgorithm choose(String offer) throws LoginRefusal {
        for (String candidate : offer.split(",")) {
            for (ChapAlgorithm known : settings.algorithms()) {
                if (candidate.equals(Integer.toString(known.number()))) {
                    return known;
                }
            }
        }
        throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "no CHAP algorithm in common: " + offer + " offered");
    }

    private void verify(String name, String response) throws LoginRefusal {
        if (name == null || response == null) {
            throw new LoginRefusal(LoginStatus.MISSING_PARAMETER, "CHAP_N and CHAP_R go together");
        }
        byte[] seen = LargeBinary.decode(response);
        if (seen == null) {
            throw new LoginRefusal(LoginStatus.INITIATOR_ERROR, "a CHAP_R that is no binary value");
        }
        ChapAccount account = settings.users().get(name);
        byte[] right = algorithm.response(identifier, account == null ? NOBODY : account.secret(), challenge);
        if (!MessageDigest.isEqual(right, seen) || account == null) {
            throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "CHAP user \"" + name + "\" is not known or has another secret");
        }
        user = name;
    }

    /** Answers the initiator's challenge where there is one. */
    private void prove(String number, String value, StringBuilder reply) throws LoginRefusal {
        if (number == null && value == null) {
            return;
        }
        if (number == null || value == null) {
            throw new LoginRefusal(LoginStatus.MISSING_PARAMETER, "CHAP_I and CHAP_C go together");
        }
        int theirs = identifier(number);
        byte[] asked = LargeBinary.decode(value);
        if (theirs < 0 || asked == null) {
            throw new LoginRefusal(LoginStatus.INITIATOR_ERROR, "a CHAP_I that is no byte, or a CHAP_C that is no binary value of 1 to "
                + LargeBinary.LONGEST + " bytes");
        }
        if (MessageDigest.isEqual(asked, challenge)) {
            throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "this target's own challenge sent back to it");
        }
        if (settings.target() == null) {
            throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "CHAP user \"" + user + "\" asks the target who it is, which has no secret to tell it with");
        }
        TextPairs.append(reply, NAME, settings.target().name());
        TextPairs.append(reply, RESPONSE, LargeBinary.encode(algorithm.response(theirs, settings.target().secret(), asked)));
    }

    /** A byte in decimal or 0x hexadecimal; -1 where it is none. */
    private static int identifier(String text) {
        boolean hex = text.startsWith("0x") || text.startsWith("0X");
        String digits = hex ? text.substring(2) : text;
        if (!digits.matches(hex ? "[0-9a-fA-F]{1,2}" : "\\d{1,3}")) {
            return -1;
        }
        int value = Integer.parseInt(digits, hex ? 16 : 10);
        return value > 255 ? -1 : value;
    }
}
