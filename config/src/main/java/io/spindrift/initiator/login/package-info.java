/** How a session begins: where, as whom, with which proof, and what was settled (RFC 7143 clauses 6, 12 and 13). */
package io.spindrift.initiator.login;
