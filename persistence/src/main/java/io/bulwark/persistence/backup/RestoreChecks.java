package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.postgresql.replication.LogSequenceNumber;

/** What can be known to be wrong with a wanted restore before anything is read or written. */
final class RestoreChecks {
    private RestoreChecks() {}

    /** The backups that are needed, the full one first; with all checks that need no more than these. */
    static List<Backup> chain(Repository repository, RestoreRequest request) throws IOException {
        List<Backup> chain = chain(repository, request.backupId());
        checkParts(chain);
        checkRecovery(chain.getLast(), request);
        checkTablespaces(chain, request);
        return chain;
    }

    private static List<Backup> chain(Repository repository, String id) throws IOException {
        Repository.Listing listing = repository.listing();
        StoreTrouble unreadable = listing.unreadable().get(id);
        if (unreadable != null) {
            throw unreadable;
        }
        Optional<Backup> wanted = listing.backups().stream()
                .filter(backup -> backup.id().equals(id))
                .findFirst();
        if (wanted.isEmpty()) {
            List<String> newest = listing.backups().reversed().stream()
                    .limit(3)
                    .map(Backup::id)
                    .toList();
            throw new RestoreException("The repository has no backup " + id + ": "
                    + (newest.isEmpty() ? "it has none" : "the newest are " + String.join(", ", newest)));
        }
        return Chain.of(wanted.get(), listing.backups());
    }

    private static void checkParts(List<Backup> chain) throws RestoreException {
        for (Backup backup : chain) {
            for (String part : List.of("base.tar", BaseBackup.MANIFEST)) {
                if (backup.part(part).isEmpty()) {
                    throw new RestoreException("The backup " + backup.id() + " has no part " + part
                            + ": it is not a base backup of PostgreSQL");
                }
            }
        }
    }

    private static void checkRecovery(Backup wanted, RestoreRequest request) throws RestoreException {
        if (request.recovery().isEmpty()) {
            if (!BackupTags.hasWal(wanted)) {
                throw new RestoreException("The backup " + wanted.id() + " was taken without its WAL: give a restore"
                        + " command that fetches WAL from the archive");
            }
            return;
        }
        String tooEarly = tooEarly(wanted, request.recovery().get().point());
        if (!tooEarly.isEmpty()) {
            throw new RestoreException("The backup " + wanted.id() + " ended at " + tooEarly
                    + ": take an earlier backup, from which WAL leads to the point that is wanted");
        }
    }

    /** The end of the backup when the point is before it, because no server can go back; empty when it is not. */
    private static String tooEarly(Backup wanted, PointInTime point) {
        return switch (point) {
            case PointInTime.End() -> "";
            case PointInTime.NamedPoint named -> "";
            case PointInTime.At(Instant time) ->
                time.isBefore(wanted.end().endedAt().truncatedTo(ChronoUnit.MICROS))
                        ? wanted.end().endedAt() + ", and " + time + " is before that"
                        : "";
            case PointInTime.Lsn(LogSequenceNumber position) ->
                position.compareTo(LogSequenceNumber.valueOf(wanted.end().endLsn())) < 0
                        ? wanted.end().endLsn() + ", and " + position.asString() + " is before that"
                        : "";
        };
    }

    private static void checkTablespaces(List<Backup> chain, RestoreRequest request) throws RestoreException {
        if (request.tablespaces().isPresent()) {
            return;
        }
        for (Backup backup : chain) {
            for (Backup.Part part : RestorePlan.tars(backup)) {
                String oid = RestorePlan.oid(part);
                if (!oid.isEmpty()) {
                    throw new RestoreException("The backup " + backup.id() + " has the tablespace " + oid + " ("
                            + BackupTags.location(backup, oid)
                            + " on the server): give a folder that gets a directory for each tablespace");
                }
            }
        }
    }

    /** The full backup has to fit at least; what a volume says of itself is not more than a hint. */
    static void checkSpace(Backup full, Layout layout) throws IOException {
        long there = 0;
        for (Path file : Contents.of(layout.data()).files()) {
            there += Files.size(file);
        }
        long needed = full.part("base.tar").map(Backup.Part::plainBytes).orElse(0L) - there;
        Path existing = existing(layout.data());
        long free = Files.getFileStore(existing).getUsableSpace();
        if (free < needed) {
            throw new RestoreException("There are " + (free >> 20) + " MiB free in " + existing + ": the backup "
                    + full.id() + " alone needs " + (needed >> 20) + " MiB");
        }
    }

    /** The path, or the nearest folder above it that is there. */
    static Path existing(Path path) {
        Path existing = path;
        while (!Files.exists(existing) && existing.getParent() != null) {
            existing = existing.getParent();
        }
        return existing;
    }

    static Layout layout(RestoreRequest request) throws RestoreException {
        Layout layout = new Layout(request.target(), request.tablespaces());
        if (layout.tablespaces().isPresent()) {
            Path folder = layout.tablespaces().get();
            if (folder.startsWith(layout.data()) || layout.data().startsWith(folder)) {
                throw new RestoreException("The folder for tablespaces " + folder + " and the data directory "
                        + layout.data() + " are in each other: expected two separate directories");
            }
        }
        return layout;
    }
}
