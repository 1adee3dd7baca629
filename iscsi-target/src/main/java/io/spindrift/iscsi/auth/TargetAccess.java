package io.spindrift.iscsi.auth;

/**
 * Who may log in to a target, or to discovery, and what they have to prove.
 *
 * @param list who may come at all
 * @param chap null where nothing is to be proved: AuthMethod None
 */
public record TargetAccess(AccessList list, ChapSettings chap) {
    /** Everybody, without proof. */
    public static final TargetAccess OPEN = new TargetAccess(AccessList.OPEN, null);
}
