package io.spindrift.iscsi.pdu;

import io.netty.buffer.ByteBuf;

/**
 * What a connection's {@link PduReader} speaks to. A PDU comes twice: after its header, to say where its data goes, and
 * after its data, to act. Every call comes on the connection's event loop.
 */
public interface PduSink {
    /** The longest data segment that may come in this state, in bytes; a longer one is {@link Malformation#TOO_LONG}. */
    int longestData();

    /**
     * A header is here. Data is dropped unless {@link PduReader#collect()} or {@link PduReader#placeAt} is called before this
     * returns.
     */
    void header(Bhs bhs, PduReader reader);

    /**
     * The PDU is complete.
     *
     * @param data what was collected, the sink's to release; null where nothing was
     */
    void payload(Bhs bhs, ByteBuf data);

    /** The PDU cannot be taken; the reader reads nothing more of this connection. */
    void malformed(Bhs bhs, Malformation why);

    /** All that has arrived was handed over: a good moment to flush. */
    void readComplete();

    /** The connection's outbound queue crossed a water mark. */
    void writabilityChanged(boolean writable);

    /** The connection is gone; the last call. */
    void closed();

    /** What is wrong with a PDU before anybody looked at its meaning. */
    enum Malformation {
        /** Its data segment is longer than what was agreed. */
        TOO_LONG,
        HEADER_DIGEST,
        DATA_DIGEST
    }
}
