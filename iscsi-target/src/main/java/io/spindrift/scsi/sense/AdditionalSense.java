package io.spindrift.scsi.sense;

/**
 * Everything this unit ever reports, as sense key, additional sense code and qualifier (SPC-5 4.4.6 and annex F). A new failure
 * is a constant here and nothing else.
 */
public enum AdditionalSense {
    NO_ADDITIONAL_SENSE(0x0, 0x00, 0x00),
    /** A threshold is still reached: told where REQUEST SENSE asks. */
    SOFT_THRESHOLD_NOTED(0x0, 0x38, 0x07),
    /** The informational exception that was asked for as a test, where REQUEST SENSE asks. */
    TEST_EXCEPTION_NOTED(0x0, 0x5D, 0xFF),

    NOT_READY_CAUSE_NOT_REPORTABLE(0x2, 0x04, 0x00),
    BECOMING_READY(0x2, 0x04, 0x01),
    SANITIZE_IN_PROGRESS(0x2, 0x04, 0x1B),
    STANDBY_STATE(0x2, 0x04, 0x0B),
    UNAVAILABLE_STATE(0x2, 0x04, 0x0C),
    MEDIUM_NOT_PRESENT(0x2, 0x3A, 0x00),

    UNRECOVERED_READ_ERROR(0x3, 0x11, 0x00),
    SANITIZE_FAILED(0x3, 0x31, 0x03),

    SELF_TEST_FAILED(0x4, 0x3E, 0x03),
    INTERNAL_TARGET_FAILURE(0x4, 0x44, 0x00),

    OPERATION_IN_PROGRESS(0x5, 0x00, 0x16),
    PARAMETER_LIST_LENGTH_ERROR(0x5, 0x1A, 0x00),
    INVALID_OPERATION_CODE(0x5, 0x20, 0x00),
    LBA_OUT_OF_RANGE(0x5, 0x21, 0x00),
    INVALID_FIELD_IN_CDB(0x5, 0x24, 0x00),
    UNIT_NOT_SUPPORTED(0x5, 0x25, 0x00),
    INVALID_FIELD_IN_PARAMETER_LIST(0x5, 0x26, 0x00),
    REMOVAL_PREVENTED(0x5, 0x53, 0x02),
    INVALID_RELEASE_OF_PERSISTENT_RESERVATION(0x5, 0x26, 0x04),
    TOO_MANY_TARGET_DESCRIPTORS(0x5, 0x26, 0x06),
    UNSUPPORTED_TARGET_DESCRIPTOR_TYPE_CODE(0x5, 0x26, 0x07),
    TOO_MANY_SEGMENT_DESCRIPTORS(0x5, 0x26, 0x08),
    UNSUPPORTED_SEGMENT_DESCRIPTOR_TYPE_CODE(0x5, 0x26, 0x09),
    INLINE_DATA_LENGTH_EXCEEDED(0x5, 0x26, 0x0B),
    INSUFFICIENT_REGISTRATION_RESOURCES(0x5, 0x55, 0x04),

    MEDIUM_MAY_HAVE_CHANGED(0x6, 0x28, 0x00),
    POWER_ON(0x6, 0x29, 0x00),
    BUS_DEVICE_RESET(0x6, 0x29, 0x03),
    NEXUS_LOSS(0x6, 0x29, 0x07),
    MODE_PARAMETERS_CHANGED(0x6, 0x2A, 0x01),
    RESERVATIONS_PREEMPTED(0x6, 0x2A, 0x03),
    RESERVATIONS_RELEASED(0x6, 0x2A, 0x04),
    REGISTRATIONS_PREEMPTED(0x6, 0x2A, 0x05),
    ACCESS_STATE_CHANGED(0x6, 0x2A, 0x06),
    CAPACITY_CHANGED(0x6, 0x2A, 0x09),
    COMMANDS_CLEARED(0x6, 0x2F, 0x00),
    SOFT_THRESHOLD_REACHED(0x6, 0x38, 0x07),
    REPORTED_LUNS_CHANGED(0x6, 0x3F, 0x0E),
    TEST_EXCEPTION(0x6, 0x5D, 0xFF),

    WRITE_PROTECTED(0x7, 0x27, 0x00),
    SOFTWARE_WRITE_PROTECTED(0x7, 0x27, 0x02),
    SPACE_ALLOCATION_FAILED(0x7, 0x27, 0x07),

    UNREACHABLE_COPY_TARGET(0xA, 0x08, 0x04),
    THIRD_PARTY_DEVICE_FAILURE(0xA, 0x0D, 0x01),
    COPY_TARGET_DEVICE_NOT_REACHABLE(0xA, 0x0D, 0x02),
    INCORRECT_COPY_TARGET_DEVICE_TYPE(0xA, 0x0D, 0x03),
    UNEXPECTED_INEXACT_SEGMENT(0xA, 0x26, 0x0A),

    COMMAND_ABORTED(0xB, 0x00, 0x00),
    INVALID_MESSAGE(0xB, 0x49, 0x00),

    MISCOMPARE(0xE, 0x1D, 0x00);

    private final byte key;
    private final byte code;
    private final byte qualifier;

    AdditionalSense(int key, int code, int qualifier) {
        this.key = (byte) key;
        this.code = (byte) code;
        this.qualifier = (byte) qualifier;
    }

    public byte key() {
        return key;
    }

    public byte code() {
        return code;
    }

    public byte qualifier() {
        return qualifier;
    }
}
