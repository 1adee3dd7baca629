/**
 * Who may log in (RFC 7143 9.2 and 12): access lists, and CHAP in both directions. Settings are records that the assembly makes;
 * {@link io.spindrift.iscsi.auth.SecurityStage} is one login's side of it.
 */
package io.spindrift.iscsi.auth;
