package io.bulwark.persistence.archive;

import java.util.function.BooleanSupplier;

/** Keeps an archiver that no longer leads from storing and acknowledging. */
record Fence(BooleanSupplier stillLeads) {
    boolean open() {
        return stillLeads.getAsBoolean();
    }

    void check() throws ArchiverEnd.Ending {
        if (!open()) {
            throw new ArchiverEnd.Ending(
                    ArchiverEnd.Reason.FENCED, "This archiver no longer leads: another one may have taken over");
        }
    }
}
