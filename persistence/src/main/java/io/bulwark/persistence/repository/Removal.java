package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes backups out of a repository: whole ones, those that were never completed, and what is left of either. */
final class Removal {
    private static final Logger log = LoggerFactory.getLogger(Removal.class);

    private final BackupFolder folder;
    private final InstantSource clock;

    Removal(BackupFolder folder, InstantSource clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** See {@link Repository#delete}. */
    void delete(Backup backup, Repository.Listing listing) throws StoreTrouble {
        List<String> others = buildingOn(backup.id(), listing);
        if (!others.isEmpty()) {
            throw new IllegalStateException("The backup " + backup.id() + " is needed by " + String.join(", ", others)
                    + ": delete those first (unfinished and unreadable ones with discard)");
        }
        Optional<BackupFolder.Indexed> indexed = folder.find(backup.id());
        folder.remove(
                backup.id(), indexed.isPresent() ? indexed.map(BackupFolder.Indexed::dataKey) : begunKey(backup.id()));
    }

    private List<String> buildingOn(String id, Repository.Listing listing) throws StoreTrouble {
        List<String> others = new ArrayList<>();
        listing.backups().stream()
                .filter(other -> other.start().parent().equals(Optional.of(id)))
                .forEach(other -> others.add(other.id()));
        listing.unreadable().keySet().stream()
                .filter(other -> !other.equals(id))
                .forEach(other -> others.add(other + " (unreadable)"));
        for (BackupFolder.Begun begun : unfinished()) {
            if (begun.start().parent().equals(Optional.of(id))) {
                others.add(begun.start().id() + " (unfinished)");
            }
        }
        return others;
    }

    /** A beginning that cannot be read is logged and passed over: such a backup can no longer be completed by anybody else. */
    private List<BackupFolder.Begun> unfinished() throws StoreTrouble {
        List<BackupFolder.Begun> unfinished = new ArrayList<>();
        for (Map.Entry<String, BackupFolder.State> entry : folder.states().entrySet()) {
            if (entry.getValue() == BackupFolder.State.UNFINISHED) {
                try {
                    folder.begunOf(entry.getKey()).ifPresent(unfinished::add);
                } catch (StoreTrouble trouble) {
                    if (trouble.kind() != Kind.DAMAGED) {
                        throw trouble;
                    }
                    log.warn(
                            "The unfinished backup {} cannot be read, discard it: {}",
                            entry.getKey(),
                            trouble.getMessage());
                }
            }
        }
        return unfinished;
    }

    /** Empty when nothing tells it any more: the key stays then. */
    private Optional<String> keyIfKnown(String id) throws StoreTrouble {
        try {
            return begunKey(id);
        } catch (StoreTrouble trouble) {
            if (trouble.kind() != Kind.DAMAGED) {
                throw trouble;
            }
            log.warn("The data key of {} is not known and stays: {}", id, trouble.getMessage());
            return Optional.empty();
        }
    }

    private Optional<String> begunKey(String id) throws StoreTrouble {
        return folder.begunOf(id).map(BackupFolder.Begun::dataKey);
    }

    /** See {@link Repository#sweep}. */
    List<String> sweep(Duration age) throws StoreTrouble {
        Instant before = clock.instant().minus(age);
        List<String> removed = new ArrayList<>();
        for (String id : folder.deleted()) {
            if (swept(id, keyIfKnown(id))) {
                removed.add(id);
            }
        }
        for (BackupFolder.Begun begun : unfinished()) {
            String id = begun.start().id();
            if (begun.begunAt().isBefore(before) && swept(id, Optional.of(begun.dataKey()))) {
                removed.add(id);
            }
        }
        return removed;
    }

    /** What the store does not let go of does not keep the others; it is tried again by the next sweep. */
    private boolean swept(String id, Optional<String> dataKey) throws StoreTrouble {
        try {
            return folder.remove(id, dataKey);
        } catch (StoreTrouble trouble) {
            if (trouble.kind() != Kind.DENIED) {
                throw trouble;
            }
            log.warn("What is left of {} cannot be removed yet: {}", id, trouble.getMessage());
            return false;
        }
    }

    /** See {@link Repository#discard}. */
    void discard(String id) throws StoreTrouble {
        ObjectKeys.requirePart(id);
        try {
            if (folder.find(id).isPresent()) {
                throw new IllegalStateException("The backup " + id + " is complete: delete it, if that is meant");
            }
        } catch (StoreTrouble trouble) {
            if (trouble.kind() != Kind.DAMAGED) {
                throw trouble;
            }
        }
        folder.remove(id, keyIfKnown(id));
    }
}
