package io.bulwark.persistence.backup;

import io.bulwark.persistence.backup.ArchiveReceiver.Tablespace;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * A copy for each archive, in the order in which the tablespaces were listed, and one for the manifest, as PostgreSQL 14
 * sends them (https://www.postgresql.org/docs/14/protocol-replication.html).
 *
 * <p>That version leaves the two blocks of zeros away by which the standard ends an archive: they are put there, so that
 * archives of all versions are of one form.
 */
final class SeparateCopies implements CopyForm {
    private static final byte[] END_OF_ARCHIVE = new byte[2 * 512];

    private final Queue<Tablespace> archives = new ArrayDeque<>();
    private boolean begun;
    private boolean inArchive;

    @Override
    public String command(BackupRequest request, boolean incremental) {
        if (incremental) {
            throw new IllegalArgumentException("An incremental backup is wanted of PostgreSQL 14: expected a full one");
        }
        return "BASE_BACKUP LABEL " + request.quotedLabel() + " PROGRESS"
                + switch (request.checkpoint()) {
                    case FAST -> " FAST";
                    case SPREAD -> "";
                }
                + (request.wal() ? " WAL" : "")
                + " NOWAIT"
                + (request.rateMaxKibibytes().isPresent()
                        ? " MAX_RATE " + request.rateMaxKibibytes().getAsInt()
                        : "")
                + " MANIFEST 'yes' MANIFEST_CHECKSUMS 'SHA256'";
    }

    @Override
    public void begins(List<Tablespace> tablespaces, ArchiveReceiver receiver) throws IOException {
        if (!begun) {
            archives.addAll(tablespaces);
            begun = true;
        }
        Tablespace next = archives.poll();
        inArchive = next != null;
        if (next == null) {
            receiver.manifest();
        } else {
            receiver.archive(next.archive());
        }
    }

    @Override
    public void data(int length, ReplicationWire wire, ArchiveReceiver receiver) throws IOException {
        wire.handOn(length, receiver);
    }

    @Override
    public void ends(ArchiveReceiver receiver) throws IOException {
        if (inArchive) {
            receiver.data(END_OF_ARCHIVE, END_OF_ARCHIVE.length);
        }
    }
}
