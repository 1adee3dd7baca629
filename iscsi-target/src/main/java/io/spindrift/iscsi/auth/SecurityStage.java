package io.spindrift.iscsi.auth;

import io.spindrift.iscsi.negotiation.TextPairs;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jscsi.parser.datasegment.OperationalTextKey;
import org.jscsi.parser.login.LoginStatus;

/**
 * One login's security negotiation (RFC 7143 6.3.2 and 12.1). The target takes exactly one method: CHAP where it has users, else
 * None. Made by the login phase when it knows whom the initiator wants, on its connection's loop; dropped with the login.
 */
public final class SecurityStage {
    private static final String NONE = "None";
    private static final String CHAP = "CHAP";

    private final ChapExchange chap;
    private boolean agreed;

    /** @param random makes challenges: a peer must not be able to tell them beforehand */
    public SecurityStage(TargetAccess access, RandomGenerator random) {
        this.chap = access.chap() == null ? null : new ChapExchange(access.chap(), random);
    }

    /** The initiator begins behind the security stage (RFC 7143 6.3.1). @throws LoginRefusal where it has something to prove */
    public void skipped() throws LoginRefusal {
        if (chap != null) {
            throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "a login without the security stage, though CHAP is asked for");
        }
    }

    /**
     * Takes the keys of this stage out of {@code pairs}, and appends what it has to say.
     *
     * @param leaving whether the initiator wants to go on to another stage with this request; {@link #done} says whether it may
     */
    public void step(Map<String, String> pairs, boolean leaving, StringBuilder reply) throws LoginRefusal {
        String offer = pairs.remove(OperationalTextKey.AUTH_METHOD.value());
        if (offer != null) {
            choose(offer, reply);
        }
        if (chap != null && agreed) {
            chap.step(pairs, reply);
        } else if (chap != null && leaving) {
            throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "the security stage left without CHAP");
        }
    }

    /** Whether everything that had to be proved is proved. */
    public boolean done() {
        return chap == null || chap.done();
    }

    private void choose(String offer, StringBuilder reply) throws LoginRefusal {
        String method = chap == null ? NONE : CHAP;
        for (String candidate : offer.split(",")) {
            if (candidate.equals(method)) {
                agreed = true;
                TextPairs.append(reply, OperationalTextKey.AUTH_METHOD.value(), method);
                return;
            }
        }
        throw new LoginRefusal(LoginStatus.AUTHENTICATION_FAILURE, "no authentication method in common: " + method + " is asked for, " + offer + " offered");
    }

    /** Who the initiator proved to be; null where it proved nothing. */
    public String user() {
        return chap == null ? null : chap.user();
    }
}
