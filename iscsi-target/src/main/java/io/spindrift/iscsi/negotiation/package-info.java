/**
 * Text negotiation (RFC 7143 6 and 13) by table: a key is a row of {@link io.spindrift.iscsi.negotiation.KeyTable}, and what
 * a row's kind means is written once, in {@link io.spindrift.iscsi.negotiation.Negotiation}.
 */
package io.spindrift.iscsi.negotiation;
