/**
 * iSCSI PDUs on the wire (RFC 7143 11): the header's fields, the reader that finds PDUs in what a connection receives and
 * puts their data where it belongs, the writer that lays out answers, and the vocabulary of the protocol.
 *
 * <p>Nothing here knows sessions. A reader and a writer belong to one connection and run on its event loop.
 */
package io.spindrift.iscsi.pdu;
