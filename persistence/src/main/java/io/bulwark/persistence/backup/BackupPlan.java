package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.BackupStart.Kind;
import java.util.List;
import java.util.Optional;

/** Whether a backup is a full one or builds on an earlier one, decided from what is there. */
sealed interface BackupPlan {
    /** The only size of a page whose block-level files are understood when restoring. */
    int BLOCK_BYTES = 8192;

    /** @param forced a sentence, when another kind was wanted */
    record Full(Optional<String> forced) implements BackupPlan {}

    /** Only what changed since this backup. */
    record Changes(Backup since) implements BackupPlan {}

    /**
     * An incremental backup may only build on one of the same cluster and the same history: PostgreSQL notices another
     * timeline, but not always one that was restored, nor a promotion at a recovery target (a known loss of rows in 17
     * and 18).
     *
     * @param earlier the oldest first
     */
    static BackupPlan choose(Kind wanted, List<Backup> earlier, ServerFacts server) {
        return switch (wanted) {
            case FULL -> new Full(Optional.empty());
            case INCREMENTAL ->
                since(earlier.isEmpty() ? Optional.empty() : Optional.of(earlier.getLast()), earlier, server);
            case DIFFERENTIAL -> since(lastFull(earlier), earlier, server);
        };
    }

    private static Optional<Backup> lastFull(List<Backup> earlier) {
        return earlier.reversed().stream()
                .filter(backup -> backup.start().kind() == Kind.FULL)
                .findFirst();
    }

    private static BackupPlan since(Optional<Backup> base, List<Backup> earlier, ServerFacts server) {
        if (base.isEmpty()) {
            return forced("There is no earlier backup in the repository to build on");
        }
        Optional<String> reason = cannot(server)
                .or(() -> differs(base.get().start(), server))
                .or(() -> differs(earlier.getLast().start(), server))
                .or(() -> broken(base.get(), earlier));
        return reason.<BackupPlan>map(BackupPlan::forced).orElseGet(() -> new Changes(base.get()));
    }

    /** A full one, though another kind was wanted. */
    static Full forced(String sentence) {
        return new Full(Optional.of(sentence));
    }

    private static Optional<String> cannot(ServerFacts server) {
        if (!server.hasIncrementals()) {
            return Optional.of("The server is PostgreSQL " + server.majorVersion()
                    + ": only 17 and newer can take less than everything");
        }
        if (!server.summarizesWal()) {
            return Optional.of("The server's summarize_wal is off: set it on, so that it knows what changed");
        }
        return server.blockBytes() == BLOCK_BYTES
                ? Optional.empty()
                : Optional.of("The server's pages have " + server.blockBytes() + " bytes: only pages of " + BLOCK_BYTES
                        + " can be put together again");
    }

    private static Optional<String> differs(BackupStart last, ServerFacts server) {
        if (!last.systemIdentifier().equals(server.systemIdentifier())) {
            return Optional.of("The backup " + last.id() + " is of the system " + last.systemIdentifier()
                    + ", and this server is " + server.systemIdentifier());
        }
        if (last.timeline() != server.timeline()) {
            return Optional.of("The backup " + last.id() + " is of timeline " + last.timeline()
                    + ", and the server is on " + server.timeline() + ": it was promoted or restored since");
        }
        return BackupTags.lineage(last).equals(server.lineage())
                ? Optional.empty()
                : Optional.of("The server was restored from a backup since, or before, the backup " + last.id()
                        + ": it is not the same history");
    }

    private static Optional<String> broken(Backup base, List<Backup> earlier) {
        try {
            Chain.of(base, earlier);
            return Optional.empty();
        } catch (RestoreException gap) {
            return Optional.of("The backup " + base.id() + " cannot be built on: " + gap.getMessage());
        }
    }
}
