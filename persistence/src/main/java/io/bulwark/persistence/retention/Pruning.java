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
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
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

    /** Asked whether this process may still delete. */
    @FunctionalInterface
    public interface Permission {
        /** Of who need not ask. */
        Permission GIVEN = () -> {};

        /** @throws IOException when it may not: nothing more is deleted, and the pruning ends with this */
        void toDelete() throws IOException;
    }

    /**
     * What was deleted.
     *
     * @param backups ids, in the order in which they went
     * @param unfinished ids of backups that were begun and never completed
     * @param walFiles how many files of the log
     * @param kept by id why the others stay, the newest first
     * @param held what the store does not let go of, by the id of the backup or the name of the log's file, with why; the
     *     next pruning tries again
     * @param hindrance why nothing was deleted though something could have been; empty when nothing stood in the way
     */
    public record Pruned(
            List<String> backups,
            List<String> unfinished,
            int walFiles,
            SequencedMap<String, String> kept,
            SequencedMap<String, String> held,
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
     * @param now by a clock that is not trusted far: see {@link Retention#youngerThan}
     * @param permission asked before each deletion
     * @throws StoreTrouble what the store reports; what was deleted by then is gone
     * @throws IOException what the permission says, or when the thread was interrupted, between two deletions
     */
    public Pruned run(Instant now, Permission permission) throws IOException {
        Repository.Listing listing = repository.listing();
        SequencedMap<String, String> kept = kept(listing.backups(), retention, now);
        if (!listing.unreadable().isEmpty()) {
            return new Pruned(
                    List.of(),
                    List.of(),
                    0,
                    kept,
                    new LinkedHashMap<>(),
                    Optional.of("Nothing was deleted, because the index of "
                            + String.join(", ", listing.unreadable().keySet())
                            + " cannot be read, and what it builds on is not known: mend or discard it first"));
        }
        goOn(permission);
        List<String> unfinished = repository.sweep(BEGUN_MAX);
        SequencedMap<String, String> held = new LinkedHashMap<>();
        List<Backup> stay = new ArrayList<>();
        List<String> deleted = new ArrayList<>();
        for (Backup backup : listing.backups().reversed()) {
            if (!kept.containsKey(backup.id())) {
                prune(backup, stay, held, permission);
            }
            if (kept.containsKey(backup.id()) || held.containsKey(backup.id())) {
                stay.add(backup);
            } else {
                deleted.add(backup.id());
            }
        }
        List<Held> all = listing.backups().stream().map(Pruning::held).toList();
        Set<String> young = Retention.youngerThan(retention.pointInTime(), all, now);
        int walFiles = pruneWal(stay, young, held, permission);
        return new Pruned(deleted, unfinished, walFiles, kept, held, Optional.empty());
    }

    private void prune(Backup backup, List<Backup> stay, SequencedMap<String, String> held, Permission permission)
            throws IOException {
        Optional<String> child = stay.stream()
                .filter(other -> other.start().parent().equals(Optional.of(backup.id())))
                .map(Backup::id)
                .findFirst();
        if (child.isPresent()) {
            held.put(backup.id(), "needed by " + child.get());
        } else {
            delete(backup.id(), () -> repository.delete(backup), held, permission);
        }
    }

    /** Whether it went. */
    private static boolean delete(
            String name, Deletion deletion, SequencedMap<String, String> held, Permission permission)
            throws IOException {
        goOn(permission);
        try {
            deletion.run();
            return true;
        } catch (StoreTrouble trouble) {
            if (trouble.kind() != StoreTrouble.Kind.DENIED) {
                throw trouble;
            }
            held.put(name, String.valueOf(trouble.getMessage()));
            return false;
        }
    }

    private interface Deletion {
        void run() throws StoreTrouble;
    }

    /** Where the store does not let go of a file, the younger ones are kept too, so that the log has no hole. */
    private int pruneWal(List<Backup> stay, Set<String> young, SequencedMap<String, String> held, Permission permission)
            throws IOException {
        Optional<Backup> first = first(stay, young);
        if (first.isEmpty()) {
            return 0;
        }
        WalStore wal = repository.wal();
        List<String> needless = WalNeeded.needless(
                wal, first.get().start().timeline(), Lsn.parse(first.get().end().startLsn()));
        int gone = 0;
        while (gone < needless.size()) {
            String name = needless.get(gone);
            if (!delete(name, () -> wal.delete(name), held, permission)) {
                break;
            }
            gone++;
        }
        return gone;
    }

    /**
     * From whose beginning on the log is needed; by the start of the log, because ends and starts may overlap.
     *
     * @param young ids of those after which every instant is to be restorable
     */
    private static Optional<Backup> first(List<Backup> kept, Set<String> young) {
        Map<Boolean, List<Backup>> byAge =
                kept.stream().collect(Collectors.partitioningBy(backup -> young.contains(backup.id())));
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

    private static void goOn(Permission permission) throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw new InterruptedIOException("The pruning was interrupted: the next one goes on");
        }
        permission.toDelete();
    }
}
