package io.bulwark.node.restore;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.repository.Erasure;
import io.bulwark.persistence.tenantrestore.RegisteredTable;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** Databases as they were, and what has been said about them. */
public interface Pasts {
    /**
     * Opens where backups are kept, as it is configured now.
     *
     * @throws IOException when it cannot be opened
     * @throws IllegalArgumentException when it is not configured, or not as it should be; a sentence says why
     */
    Opened open() throws IOException;

    /** Backups that can be read. */
    interface Opened extends AutoCloseable {
        /** The applications' tables of tenants. */
        List<RegisteredTable> tables();

        /** What must not come back. */
        List<Erasure> erasures() throws IOException;

        /**
         * Says why there can be no {@link #copy} of that instant, as far as it can be seen without restoring anything.
         *
         * @throws IOException with a sentence, when there can be none
         */
        void check(Instant at) throws IOException;

        /**
         * Restores the database to a server of its own.
         *
         * @param told how far it is, a few words at a time
         * @throws IOException with a sentence that says why it cannot be, and what to do
         */
        Copy copy(Instant at, Consumer<String> told) throws IOException;

        @Override
        void close();
    }

    /** A server with the database as it was, which is gone when it is closed. */
    interface Copy extends AutoCloseable {
        /** How it is reached. */
        Database database();

        @Override
        void close();
    }
}
