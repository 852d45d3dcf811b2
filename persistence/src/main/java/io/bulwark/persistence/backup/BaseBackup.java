package io.bulwark.persistence.backup;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes physical backups of a running PostgreSQL, 14 or newer, straight into a repository.
 *
 * <p>Memory is bounded: what the server sends is handed on in pieces of 64 KiB at most. TLS is a matter of the JDBC
 * URL ({@code ?sslmode=verify-full&sslrootcert=…}).
 */
public final class BaseBackup {
    /** The part that lists every file with its size and SHA-256. */
    static final String MANIFEST = "backup_manifest";

    private static final Logger log = LoggerFactory.getLogger(BaseBackup.class);
    /** PostgreSQL's code for "not now": the summaries that are needed are not there. */
    private static final String NOT_IN_STATE = "55000";

    /** An earlier backup with this trouble is of no use, and a new full one is what is needed most. */
    private static final Set<StoreTrouble.Kind> USELESS =
            Set.of(StoreTrouble.Kind.DAMAGED, StoreTrouble.Kind.MISSING, StoreTrouble.Kind.WRONG_KEY);

    private final Database source;
    private final Repository repository;
    private final InstantSource clock;

    /**
     * @param source any database of the server; the user needs the attribute REPLICATION
     * @param clock stamps the backup
     */
    public BaseBackup(Database source, Repository repository, InstantSource clock) {
        this.source = source;
        this.repository = repository;
        this.clock = clock;
    }

    /**
     * Takes one backup and returns when it is complete. A full one is taken instead of another kind when that cannot be
     * had; the answer says why.
     *
     * @throws BackupException when the server cannot be reached, refuses, finds a damaged page, or goes away in between
     * @throws StoreTrouble when the repository does not take it
     * @throws InterruptedIOException when the thread was interrupted: a virtual one notices at once, another with the next
     *     piece that the server sends
     * @throws IOException in all cases nothing of the backup is left in the repository, as far as that lets it
     */
    public TakenBackup take(BackupRequest request, Progress progress) throws IOException {
        try (ReplicationWire wire = ReplicationWire.open(source, request.answerWithin())) {
            ServerFacts server = wire.facts();
            checkVersion(server);
            List<Backup> earlier = repository.listing().backups();
            return switch (BackupPlan.choose(request.kind(), earlier, server)) {
                case BackupPlan.Full full -> full(wire, request, server, full, progress);
                case BackupPlan.Changes(Backup since) -> changes(wire, request, server, since, progress);
            };
        } catch (IOException failure) {
            if (Thread.currentThread().isInterrupted() && !(failure instanceof InterruptedIOException)) {
                InterruptedIOException interrupted =
                        new InterruptedIOException("The backup was interrupted: nothing of it is kept");
                interrupted.initCause(failure);
                throw interrupted;
            }
            throw failure;
        }
    }

    private void checkVersion(ServerFacts server) throws BackupException {
        if (server.versionNum() < ServerFacts.OLDEST) {
            throw new BackupException(ReplicationWire.named(source) + " is PostgreSQL " + server.majorVersion()
                    + ": base backups need version 14 or newer");
        }
    }

    private TakenBackup full(
            ReplicationWire wire, BackupRequest request, ServerFacts server, BackupPlan.Full plan, Progress progress)
            throws IOException {
        plan.forced()
                .ifPresent(reason ->
                        log.info("The backup of {} is a full one: {}", ReplicationWire.named(source), reason));
        try (Recording recording = new Recording(
                repository, clock, request, server, Kind.FULL, Optional.empty(), plan.forced(), progress)) {
            wire.baseBackup(request, CopyForm.of(server), false, recording);
            return new TakenBackup(recording.complete(), plan.forced());
        }
    }

    private TakenBackup changes(
            ReplicationWire wire, BackupRequest request, ServerFacts server, Backup since, Progress progress)
            throws IOException {
        try (Recording recording = new Recording(
                repository,
                clock,
                request,
                server,
                request.kind(),
                Optional.of(since.id()),
                Optional.empty(),
                progress)) {
            try (InputStream manifest = repository.read(since, MANIFEST)) {
                wire.uploadManifest(manifest);
                wire.baseBackup(request, CopyForm.of(server), true, recording);
            } catch (BackupException refused) {
                if (recording.begun() || !refused.sqlState().equals(Optional.of(NOT_IN_STATE))) {
                    throw refused;
                }
                return fullInstead(
                        request,
                        server,
                        "The server cannot tell what changed since the backup " + since.id(),
                        refused,
                        progress);
            } catch (StoreTrouble trouble) {
                if (recording.begun() || !USELESS.contains(trouble.kind())) {
                    throw trouble;
                }
                return fullInstead(
                        request, server, "The backup " + since.id() + " cannot be built on", trouble, progress);
            }
            return new TakenBackup(recording.complete(), Optional.empty());
        }
    }

    /** On a connection of its own: the first is in the middle of a refusal. */
    private TakenBackup fullInstead(
            BackupRequest request, ServerFacts server, String what, IOException why, Progress progress)
            throws IOException {
        BackupPlan.Full plan = BackupPlan.forced(what + ": " + why.getMessage());
        try (ReplicationWire wire = ReplicationWire.open(source, request.answerWithin())) {
            return full(wire, request, server, plan, progress);
        }
    }
}
