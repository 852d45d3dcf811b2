package io.bulwark.persistence.backup;

import io.bulwark.persistence.backup.ArchiveReceiver.Tablespace;
import java.io.IOException;
import java.util.List;

/** How a server is asked for a base backup, and what its copy data holds then; it is another one since version 15. */
sealed interface CopyForm permits OneCopy, SeparateCopies {
    /** For one backup of this server. */
    static CopyForm of(ServerFacts server) {
        return server.versionNum() >= ServerFacts.FIRST_WITH_ONE_COPY ? new OneCopy() : new SeparateCopies();
    }

    /**
     * The command of the replication protocol.
     *
     * @throws IllegalArgumentException when a server of this form cannot do it
     */
    String command(BackupRequest request, boolean incremental);

    /**
     * Copy data begins.
     *
     * @param tablespaces as the server listed them
     */
    void begins(List<Tablespace> tablespaces, ArchiveReceiver receiver) throws IOException;

    /** A message of copy data comes: all of it is to be read. */
    void data(int length, ReplicationWire wire, ArchiveReceiver receiver) throws IOException;

    /** Copy data ends. */
    void ends(ArchiveReceiver receiver) throws IOException;
}
