package io.spindrift.wire;

import io.netty.buffer.ByteBuf;

/**
 * The first bytes of each side: which protocol, which versions of it. Their layout never changes, so that any two versions can tell each
 * other what they speak.
 *
 * @param chosen 0 from the client, and from a server that speaks none of the client's versions
 */
public record Preamble(int minVersion, int maxVersion, int chosen) {
    public static Preamble ours() {
        return new Preamble(WireFormat.MIN_VERSION, WireFormat.MAX_VERSION, 0);
    }

    /** The server's answer to a client's preamble: the highest version that both speak. */
    public Preamble answer() {
        int highest = Math.min(maxVersion, WireFormat.MAX_VERSION);
        boolean common = highest >= Math.max(minVersion, WireFormat.MIN_VERSION);
        return new Preamble(WireFormat.MIN_VERSION, WireFormat.MAX_VERSION, common ? highest : 0);
    }

    public void write(ByteBuf to) {
        to.writeLong(WireFormat.MAGIC).writeShort(minVersion).writeShort(maxVersion).writeShort(chosen).writeShort(0);
    }

    static Preamble read(ByteBuf from) throws WireException {
        if (from.readLong() != WireFormat.MAGIC) {
            throw new WireException("this is not the storage protocol");
        }
        Preamble preamble = new Preamble(from.readUnsignedShort(), from.readUnsignedShort(), from.readUnsignedShort());
        if (from.readUnsignedShort() != 0 || preamble.minVersion > preamble.maxVersion) {
            throw new WireException("a malformed preamble");
        }
        return preamble;
    }

    /** "2", or "2 to 3". */
    public String versions() {
        return minVersion == maxVersion ? "" + minVersion : minVersion + " to " + maxVersion;
    }
}
