package io.spindrift.scsi.log;

import io.spindrift.scsi.data.ParameterData;

/** The parameters of one log page in the making (SPC-5 7.3.2.2), from the one that the PARAMETER POINTER names on. */
final class LogParameters {
    /** DU 0, TSD 0, ETC 0, FORMAT AND LINKING 11b: a binary list parameter that the unit keeps up to date. */
    private static final int BINARY_LIST = 0x03;

    private final int pointer;
    private final ParameterData data = new ParameterData();
    private int greatest;

    LogParameters(int pointer) {
        this.pointer = pointer;
    }

    /** Adds a parameter; in ascending order of their codes. */
    LogParameters add(int code, ParameterData value) {
        greatest = code;
        if (code >= pointer) {
            byte[] bytes = value.toBytes();
            data.u16(code).u8(BINARY_LIST).u8(bytes.length).bytes(bytes);
        }
        return this;
    }

    /** Adds the bytes of a page that has no parameters. */
    LogParameters list(byte[] bytes) {
        data.bytes(bytes);
        return this;
    }

    /** The greatest parameter code there is; 0 where there is none. */
    int greatest() {
        return greatest;
    }

    byte[] toBytes() {
        return data.toBytes();
    }
}
