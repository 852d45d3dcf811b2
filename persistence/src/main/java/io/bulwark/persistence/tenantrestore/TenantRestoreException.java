package io.bulwark.persistence.tenantrestore;

import java.io.IOException;

/** A tenant was not restored: the message is a sentence that names what was wrong and what to do. */
public final class TenantRestoreException extends IOException {
    private final Kind kind;

    /** What can be done about it. */
    public enum Kind {
        /** The database has never had such a tenant. */
        UNKNOWN_TENANT,
        /** It cannot be as it was asked for; nothing was changed. */
        REFUSED,
        /** Another restore of the same tenant runs; nothing was changed. */
        BUSY,
        /** The tenant was written to meanwhile; nothing was changed, and running it again works. */
        CHANGED_MEANWHILE,
        /** The database failed, or is away; nothing was changed. */
        FAILED,
        /** The database was lost while the transaction was committed: look whether it was, or run it again. */
        IN_DOUBT
    }

    TenantRestoreException(Kind kind, String sentence) {
        super(sentence);
        this.kind = kind;
    }

    TenantRestoreException(Kind kind, String sentence, Throwable cause) {
        super(sentence, cause);
        this.kind = kind;
    }

    /** What can be done about it. */
    public Kind kind() {
        return kind;
    }

    static TenantRestoreException refused(String sentence) {
        return new TenantRestoreException(Kind.REFUSED, sentence);
    }
}
