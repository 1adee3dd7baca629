package io.spindrift.iscsi.pdu;

import org.jscsi.parser.tmf.TaskManagementFunctionRequestParser.FunctionCode;

/** Task management functions by their number on the wire: those of RFC 7143 11.5.1, and those that RFC 7144 4.2 adds. */
public enum TaskFunction {
    ABORT_TASK(FunctionCode.ABORT_TASK.value(), false),
    ABORT_TASK_SET(FunctionCode.ABORT_TASK_SET.value(), true),
    CLEAR_ACA(FunctionCode.CLEAR_ACA.value(), false),
    CLEAR_TASK_SET(FunctionCode.CLEAR_TASK_SET.value(), true),
    LOGICAL_UNIT_RESET(FunctionCode.LUN_RESET.value(), true),
    TARGET_WARM_RESET(FunctionCode.TARGET_WARM_RESET.value(), false),
    TARGET_COLD_RESET(FunctionCode.TARGET_COLD_RESET.value(), false),
    TASK_REASSIGN(FunctionCode.TASK_REASSIGN.value(), false),
    QUERY_TASK(9, false),
    QUERY_TASK_SET(10, true),
    I_T_NEXUS_RESET(11, true),
    QUERY_ASYNCHRONOUS_EVENT(12, false);

    private static final int FIRST_OF_RFC_7144 = 9;
    private static final TaskFunction[] BY_CODE = new TaskFunction[128];

    static {
        for (TaskFunction function : values()) {
            BY_CODE[function.code] = function;
        }
    }

    private final int code;
    private final boolean waitsForCommands;

    TaskFunction(int code, boolean waitsForCommands) {
        this.code = code;
        this.waitsForCommands = waitsForCommands;
    }

    /** The function of that number, 0 to 127; null where it has no meaning. */
    public static TaskFunction of(int code) {
        return BY_CODE[code];
    }

    public int code() {
        return code;
    }

    /** Whether it covers commands that were sent before it and are not here yet, so that it waits for them (RFC 7143 4.2.3.3). */
    public boolean waitsForCommands() {
        return waitsForCommands;
    }

    /** Whether a session must have agreed on iSCSIProtocolLevel 2 for it. */
    public boolean needsProtocolLevel2() {
        return code >= FIRST_OF_RFC_7144;
    }
}
