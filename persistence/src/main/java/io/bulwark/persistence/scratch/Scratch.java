package io.bulwark.persistence.scratch;

import io.bulwark.persistence.archive.Lsn;
import io.bulwark.persistence.archive.WalAhead;
import io.bulwark.persistence.backup.BackupChoice;
import io.bulwark.persistence.backup.PointInTime;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.backup.Restore;
import io.bulwark.persistence.backup.RestoreRequest;
import io.bulwark.persistence.backup.Restored;
import io.bulwark.persistence.embedded.EmbeddedPostgresException;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A database of the past that can be looked at: a backup, restored and started on a scratch server. */
public final class Scratch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Scratch.class);
    private final ScratchFolder folder;
    private final ScratchServer server;
    private final Restored restored;
    private final int walFiles;

    private Scratch(ScratchFolder folder, ScratchServer server, Restored restored, int walFiles) {
        this.folder = folder;
        this.server = server;
        this.restored = restored;
        this.walFiles = walFiles;
    }

    /** What is done, in this order; {@code FETCH} is left out where no log is replayed. */
    public enum Step {
        RESTORE,
        FETCH,
        START
    }

    /** Told how far it is, by the thread that does it. */
    public interface Watcher extends Progress {
        /** Tells nobody. */
        Watcher SILENT = (_, _) -> {};

        /** A step begins, and the one before it has ended. */
        default void begins(Step step) {}
    }

    /**
     * Restores, fetches the log and starts the server; nothing is left when it fails.
     *
     * @param random for names, and for the mark that tells the restored server from its source
     * @throws IllegalArgumentException when no backup fits the request
     * @throws StoreTrouble when the repository cannot be read, or what is stored is damaged
     * @throws IOException a {@link io.bulwark.persistence.backup.RestoreException} or a {@link ScratchException} with a
     *     sentence; an {@link InterruptedIOException} when the thread was interrupted
     */
    public static Scratch restored(
            Repository repository, ScratchRequest request, RandomGenerator random, Watcher watcher) throws IOException {
        ScratchFolder.check(request.folder());
        removeLeftovers(request.folder());
        Backup backup = BackupChoice.in(repository, request.backupId(), request.point());
        prepare(backup, request.settings().programs());
        ScratchFolder folder =
                ScratchFolder.make(request.folder(), random, request.settings().keep());
        boolean whole = false;
        try {
            Scratch scratch = make(repository, backup, request, folder, random, watcher);
            whole = true;
            return scratch;
        } finally {
            if (!whole) {
                folder.close();
            }
        }
    }

    /** Before anything is restored: that there are programs for it, unpacked. */
    private static void prepare(Backup backup, Programs programs) throws IOException {
        try {
            String major = Integer.toString(backup.start().serverVersionNum() / 10_000);
            log.debug("{} is started with {}", backup.id(), programs.forData("The backup " + backup.id(), major));
        } catch (EmbeddedPostgresException failure) {
            throw new ScratchException(String.valueOf(failure.getMessage()), failure);
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
    }

    private static InterruptedIOException interrupted(InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        InterruptedIOException told = new InterruptedIOException("The restore to a scratch server was interrupted");
        told.initCause(interrupted);
        return told;
    }

    /** Removes what processes that died left in such a folder; what is in use, or was to be kept, stays. */
    public static void removeLeftovers(Path folder) throws IOException {
        try {
            ScratchFolder.removeLeftovers(folder);
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
    }

    private static Scratch make(
            Repository repository,
            Backup backup,
            ScratchRequest request,
            ScratchFolder folder,
            RandomGenerator random,
            Watcher watcher)
            throws IOException {
        watcher.begins(Step.RESTORE);
        RestoreRequest wanted = RestoreRequest.of(backup.id(), folder.data())
                .withTablespaces(folder.tablespaces())
                .withSettings(Map.of("synchronous_standby_names", "", "archive_mode", "off"));
        if (request.point().isPresent()) {
            wanted = wanted.withRecovery(request.point().get(), "cp '" + folder.wal() + "/%f' '%p'");
        }
        Restored restored = new Restore(repository, random).restore(wanted, watcher);
        int walFiles = 0;
        if (request.point().isPresent()) {
            watcher.begins(Step.FETCH);
            walFiles = fetch(repository, backup, request.point().get(), folder.wal());
        }
        watcher.begins(Step.START);
        // The folder is what is removed or kept, with everything in it.
        ScratchServer server = ScratchServer.start(
                folder.data(), request.credentials(), request.settings().keeping());
        return new Scratch(folder, server, restored, walFiles);
    }

    private static int fetch(Repository repository, Backup backup, PointInTime point, Path wal) throws IOException {
        Lsn from = Lsn.parse(backup.end().startLsn());
        try {
            return new WalAhead(repository.wal()).fetch(from, wal, _ -> {});
        } catch (StoreTrouble trouble) {
            throw trouble;
        } catch (IOException failure) {
            throw new ScratchException(
                    "The log from " + from + " on, for a restore to " + point + ", cannot be fetched into " + wal + ": "
                            + failure.getMessage() + ": give a folder with more space",
                    failure);
        }
    }

    /** Runs until this is closed. */
    public ScratchServer server() {
        return server;
    }

    /** The backup, and what of it was restored. */
    public Restored restored() {
        return restored;
    }

    /** How many files of the log were fetched. */
    public int walFiles() {
        return walFiles;
    }

    /** Where all of it is. */
    public Path folder() {
        return folder.path();
    }

    /** Ends the server, then removes the folder unless it is to be kept. */
    @Override
    public void close() throws IOException {
        try (folder) {
            server.close();
        }
    }
}
