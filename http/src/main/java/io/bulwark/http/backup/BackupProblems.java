package io.bulwark.http.backup;

import io.bulwark.backup.Backups.RepositoryTrouble;
import io.bulwark.http.server.Problem;
import java.time.Duration;
import java.util.concurrent.CompletionException;

/** What goes wrong with backups, as a client sees it. */
final class BackupProblems {
    private static final Duration SOON = Duration.ofSeconds(2);
    private static final Duration LATER = Duration.ofSeconds(30);

    private BackupProblems() {}

    static Problem notConfigured() {
        return Problem.conflict(
                "backups-not-configured",
                "No repository for backups is configured",
                "Set BULWARK_BACKUP_REPOSITORY and BULWARK_BACKUP_KEY_FILE for every node, and start them anew.");
    }

    static Problem unavailable() {
        return Problem.unavailable(
                "backups-unavailable",
                "The backup coordinator does not answer",
                "It may be moving to another node. A change may or may not have been made: read it, and try again.",
                SOON);
    }

    /** Of a question to the repository that failed. */
    static Problem of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        return cause instanceof RepositoryTrouble trouble
                ? Problem.unavailable(
                        "repository-unavailable",
                        "The repository cannot be read",
                        String.valueOf(trouble.getMessage()),
                        LATER)
                : unavailable();
    }

    static Problem full(int waiting) {
        return Problem.unavailable(
                "backup-queue-full",
                "Too many runs wait",
                waiting + " runs wait, the most that may: they are done one at a time.",
                LATER);
    }

    static Problem noSuchRun(String number) {
        return Problem.notFound(
                "unknown-run",
                "There is no run " + number + ", or it is no longer kept: GET /v1/backups/runs lists them.");
    }

    static Problem noSuchBackup(String id) {
        return Problem.notFound(
                "unknown-backup", "There is no backup '" + id + "': GET /v1/backups lists those that are there.");
    }

    static Problem over(long number) {
        return Problem.conflict(
                "run-over", "The run is over", "The run " + number + " has ended: there is nothing to take back.");
    }
}
