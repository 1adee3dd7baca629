package io.spindrift.iscsi;

import java.util.Map;

/**
 * How an initiator proves who it is in the security stage (RFC 7143 12): one object for each login, chosen by the AuthMethod
 * that was agreed.
 */
interface Authentication {
    /** Nothing to prove: AuthMethod=None. */
    Authentication NONE = new Authentication() {
        @Override
        public boolean step(Map<String, String> pairs, StringBuilder reply) {
            return true;
        }

        @Override
        public boolean complete() {
            return true;
        }
    };

    /**
     * Takes its keys out of {@code pairs}, and appends what it has to say.
     *
     * @return false where the initiator is not who it says
     */
    boolean step(Map<String, String> pairs, StringBuilder reply);

    /** Whether the security stage may be left. */
    boolean complete();
}
