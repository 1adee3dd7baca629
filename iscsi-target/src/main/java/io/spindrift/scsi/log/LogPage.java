package io.spindrift.scsi.log;

import io.spindrift.scsi.data.ParameterData;

/** The log pages that a unit has, in ascending order. A page is an entry here; each has subpage 00h, and FFh, the list of its subpages. */
enum LogPage {
    /** The list of pages (SPC-5 7.3.18). */
    SUPPORTED_PAGES(0x00, (part, parameters) -> parameters.list(codes())),
    /** What there is room for (SBC-4 6.4.5). */
    LOGICAL_BLOCK_PROVISIONING(0x0C, ProvisioningLog::tell),
    /** The exception there is, if any (SPC-5 7.3.9); a virtual disk has no temperature. */
    INFORMATIONAL_EXCEPTIONS(0x2F, LogPage::exceptions);

    private interface Content {
        void tell(LogPart part, LogParameters parameters);
    }

    /** MOST RECENT TEMPERATURE READING: there is none. */
    private static final int NO_TEMPERATURE = 0xFF;
    private static final int ALL_SUBPAGES = 0xFF;

    private final int code;
    private final Content content;

    LogPage(int code, Content content) {
        this.code = code;
        this.content = content;
    }

    int code() {
        return code;
    }

    /** Whether it is a list of pages and has no parameters. */
    boolean isList() {
        return this == SUPPORTED_PAGES;
    }

    void tell(LogPart part, LogParameters parameters) {
        content.tell(part, parameters);
    }

    /** @return null where there is no such page */
    static LogPage find(int code) {
        for (LogPage page : values()) {
            if (page.code == code) {
                return page;
            }
        }
        return null;
    }

    private static byte[] codes() {
        ParameterData list = new ParameterData();
        for (LogPage page : values()) {
            list.u8(page.code);
        }
        return list.toBytes();
    }

    /** The pages and subpages there are: of all pages where it is asked of page 00h (SPC-5 7.3.19), else of one (7.3.17). */
    static void listSubpages(LogPage of, LogParameters parameters) {
        ParameterData list = new ParameterData();
        for (LogPage page : values()) {
            if (of == SUPPORTED_PAGES || of == page) {
                list.u8(page.code).u8(0).u8(page.code).u8(ALL_SUBPAGES);
            }
        }
        parameters.list(list.toBytes());
    }

    private static void exceptions(LogPart part, LogParameters parameters) {
        var exception = part.exception();
        int asc = exception == null ? 0 : exception.code() & 0xFF;
        int ascq = exception == null ? 0 : exception.qualifier() & 0xFF;
        parameters.add(0x0000, new ParameterData().u8(asc).u8(ascq).u8(NO_TEMPERATURE).u8(0));
    }
}
