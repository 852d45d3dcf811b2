package io.bulwark.persistence.retention;

import io.bulwark.backup.Retention;
import io.bulwark.backup.Retention.Held;
import io.bulwark.persistence.archive.Lsn;
import io.bulwark.persistence.archive.WalNeeded;
import io.bulwark.persistence.backup.BackupTags;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.WalStore;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Deletes what the {@link Retention} does not keep. What is there decides, not what was planned earlier: a pruning that was
 * broken off is made up for by the next one. The order of deletions leaves, wherever it stops, nothing listed that could
 * not be restored: a backup goes before what it builds on, its index before its parts, and the log last, the oldest first.
 */
public final class Pruning {
    /** Longer than any backup takes: what was begun longer ago will not be completed. */
    private static final Duration BEGUN_MAX = Duration.ofDays(2);

    private final Repository repository;
    private final Retention retention;

    public Pruning(Repository repository, Retention retention) {
        this.repository = repository;
        this.retention = retention;
    }

    /**
     * What was deleted.
     *
     * @param backups ids, in the order in which they went
     * @param unfinished ids of backups that were begun and never completed
     * @param walFiles how many files of the log
     * @param kept by id why the others stay, the newest first
     * @param hindrance why nothing was deleted though something could have been; empty when nothing stood in the way
     */
    public record Pruned(
            List<String> backups,
            List<String> unfinished,
            int walFiles,
            SequencedMap<String, String> kept,
            Optional<String> hindrance) {
        public Pruned {
            backups = List.copyOf(backups);
            unfinished = List.copyOf(unfinished);
        }
    }

    /** Why backups of a repository are kept; what is not in it goes with the next pruning. */
    public static SequencedMap<String, String> kept(List<Backup> backups, Retention retention, Instant now) {
        return retention.kept(backups.stream().map(Pruning::held).toList(), now);
    }

    private static Held held(Backup backup) {
        return new Held(
                backup.id(),
                backup.start().parent(),
                backup.end().endedAt(),
                backup.start().tags().containsKey(Retention.KEEP));
    }

    /**
     * Deletes. By one process at a time.
     *
     * @param now of a clock that is right: one that is years ahead would let everything but the newest go
     * @throws StoreTrouble what the store reports; what was deleted by then is gone
     * @throws InterruptedIOException when the thread was interrupted, between two deletions
     */
    public Pruned run(Instant now) throws StoreTrouble, InterruptedIOException {
        Repository.Listing listing = repository.listing();
        SequencedMap<String, String> kept = kept(listing.backups(), retention, now);
        if (!listing.unreadable().isEmpty()) {
            return new Pruned(
                    List.of(),
                    List.of(),
                    0,
                    kept,
                    Optional.of("Nothing was deleted, because the index of "
                            + String.join(", ", listing.unreadable().keySet())
                            + " cannot be read, and what it builds on is not known: mend or discard it first"));
        }
        List<String> unfinished = repository.sweep(BEGUN_MAX);
        List<String> deleted = new ArrayList<>();
        for (Backup backup : listing.backups().reversed()) {
            if (!kept.containsKey(backup.id())) {
                goOn();
                repository.delete(backup);
                deleted.add(backup.id());
            }
        }
        return new Pruned(deleted, unfinished, pruneWal(listing.backups(), kept, now), kept, Optional.empty());
    }

    private int pruneWal(List<Backup> all, Map<String, String> kept, Instant now)
            throws StoreTrouble, InterruptedIOException {
        Optional<Backup> first = first(
                all.stream().filter(backup -> kept.containsKey(backup.id())).toList(), now);
        if (first.isEmpty()) {
            return 0;
        }
        WalStore wal = repository.wal();
        List<String> needless = WalNeeded.needless(
                wal, first.get().start().timeline(), Lsn.parse(first.get().end().startLsn()));
        for (String name : needless) {
            goOn();
            wal.delete(name);
        }
        return needless.size();
    }

    /** From whose beginning on the log is needed; by the start of the log, because ends and starts may overlap. */
    private Optional<Backup> first(List<Backup> kept, Instant now) {
        Instant since = now.minus(retention.pointInTime());
        Map<Boolean, List<Backup>> byAge = kept.stream()
                .collect(Collectors.partitioningBy(
                        backup -> backup.end().endedAt().isAfter(since)));
        List<Backup> need = new ArrayList<>(byAge.getOrDefault(true, List.of()));
        byAge.getOrDefault(false, List.of()).stream()
                .max(Comparator.comparing(backup -> backup.end().endedAt()))
                .ifPresent(need::add);
        kept.stream().filter(backup -> !BackupTags.hasWal(backup)).forEach(need::add);
        Function<Backup, Lsn> start = backup -> Lsn.parse(backup.end().startLsn());
        return need.stream()
                .min(Comparator.comparingInt((Backup backup) -> backup.start().timeline())
                        .thenComparing(start));
    }

    private static void goOn() throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("The pruning was interrupted: the next one goes on");
        }
    }
}
