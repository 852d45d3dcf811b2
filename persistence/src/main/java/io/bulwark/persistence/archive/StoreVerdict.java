package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.StoreTrouble;

/** What the archiver does about trouble with the store. */
sealed interface StoreVerdict {
    /** Tries again later, without acknowledging meanwhile. */
    record Retry() implements StoreVerdict {}

    /** Stops: trying again would not help. */
    record Stop(ArchiverEnd.Reason reason) implements StoreVerdict {}

    static StoreVerdict of(StoreTrouble.Kind kind) {
        return switch (kind) {
            // Space, rights and credentials can be mended while the server keeps its log.
            case UNREACHABLE, THROTTLED, FULL, READ_ONLY, DENIED, FAILED -> new Retry();
            case EXISTS -> new Stop(ArchiverEnd.Reason.DIVERGED);
            case MISSING, DAMAGED, WRONG_KEY -> new Stop(ArchiverEnd.Reason.REPOSITORY_UNUSABLE);
        };
    }
}
