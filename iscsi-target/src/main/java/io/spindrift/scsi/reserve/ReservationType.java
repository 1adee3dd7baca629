package io.spindrift.scsi.reserve;

/** The six types of persistent reservation (SPC-5 6.16.3.4). */
enum ReservationType {
    WRITE_EXCLUSIVE(1, false, false),
    EXCLUSIVE_ACCESS(3, false, false),
    WRITE_EXCLUSIVE_REGISTRANTS_ONLY(5, true, false),
    EXCLUSIVE_ACCESS_REGISTRANTS_ONLY(6, true, false),
    WRITE_EXCLUSIVE_ALL_REGISTRANTS(7, true, true),
    EXCLUSIVE_ACCESS_ALL_REGISTRANTS(8, true, true);

    /** PERSISTENT RESERVATION TYPE MASK of REPORT CAPABILITIES (SPC-5 table 240): all of the above. */
    static final int MASK = 0xEA01;

    private final int code;
    private final boolean shared;
    private final boolean allHold;

    ReservationType(int code, boolean shared, boolean allHold) {
        this.code = code;
        this.shared = shared;
        this.allHold = allHold;
    }

    int code() {
        return code;
    }

    /** Whether every registrant may do what the holder may. */
    boolean isShared() {
        return shared;
    }

    /** Whether every registrant is a holder. */
    boolean allHold() {
        return allHold;
    }

    /** Whether those who are left out may still read. */
    boolean leavesReading() {
        return this == WRITE_EXCLUSIVE || this == WRITE_EXCLUSIVE_REGISTRANTS_ONLY || this == WRITE_EXCLUSIVE_ALL_REGISTRANTS;
    }

    /** @return null where the code is obsolete or reserved */
    static ReservationType of(int code) {
        for (ReservationType type : values()) {
            if (type.code == code) {
                return type;
            }
        }
        return null;
    }
}
