package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.InputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.LongConsumer;
import java.util.stream.Gatherers;

/**
 * Backups and WAL in a store: compressed, encrypted, authenticated, write-once. Any number of threads may call. Backups of
 * one repository are removed by one process at a time; what writes and reads may be many.
 */
public final class Repository implements AutoCloseable {
    private static final int READ_AT_ONCE_MAX = 16;

    private final ObjectStore store;
    private final DataKeys keys;
    private final BackupFolder folder;
    private final Removal removal;
    private final InstantSource clock;
    private final Compression compression;
    private final SecureRandom random;
    private final WalStore wal;
    private final ErasureList erasures;

    private Repository(
            ObjectStore store, DataKeys keys, InstantSource clock, Compression compression, SecureRandom random) {
        this.store = store;
        this.keys = keys;
        this.folder = new BackupFolder(store, keys);
        this.removal = new Removal(folder, clock);
        this.clock = clock;
        this.compression = compression;
        this.random = random;
        this.wal = new SealedWal(store, keys, compression, random);
        this.erasures = new ErasureList(store, keys, random);
    }

    /**
     * The backups of a repository.
     *
     * @param backups the complete ones, by the time at which they ended, the oldest first
     * @param unreadable by id, why the index of a complete backup cannot be read
     */
    public record Listing(List<Backup> backups, Map<String, StoreTrouble> unreadable) {
        public Listing {
            backups = List.copyOf(backups);
            unreadable = Map.copyOf(unreadable);
        }
    }

    /** As {@link #open(ObjectStore, KeyRing, InstantSource, Compression)} with {@link Compression#standard}. */
    public static Repository open(ObjectStore store, KeyRing keys, InstantSource clock) throws StoreTrouble {
        return open(store, keys, clock, Compression.standard());
    }

    /**
     * Opens the repository in the store, and makes it when the store is empty. Closes the store when it is closed.
     *
     * @throws StoreTrouble DAMAGED when what describes the repository is missing or not understood
     */
    public static Repository open(ObjectStore store, KeyRing keys, InstantSource clock, Compression compression)
            throws StoreTrouble {
        SecureRandom random = new SecureRandom();
        Description description = Description.openOrCreate(store, random, clock);
        return new Repository(store, new DataKeys(store, keys, description.id(), random), clock, compression, random);
    }

    /**
     * Begins a backup, which is not listed before it is complete.
     *
     * @throws StoreTrouble EXISTS when the id is taken, MISSING when the parent is not there
     * @throws IllegalArgumentException when the parent is of another system or timeline, or the parent of a differential
     *     is not full
     */
    public BackupWriter begin(BackupStart start) throws StoreTrouble {
        if (start.parent().isPresent()) {
            requireParent(start, start.parent().get());
        }
        if (folder.isTaken(start.id())) {
            throw new StoreTrouble(
                    Kind.EXISTS,
                    "There is a backup " + start.id()
                            + " already, or the mark of one that was removed: take another id");
        }
        DataKey key = keys.random();
        folder.begin(start, key, clock.instant());
        return new OngoingBackup(store, folder, start, key, compression, random);
    }

    private void requireParent(BackupStart start, String id) throws StoreTrouble {
        BackupStart parent = backup(id)
                .orElseThrow(() -> new StoreTrouble(
                        Kind.MISSING,
                        "The backup " + id + ", on which " + start.id()
                                + " would build, is not there: take a full backup"))
                .start();
        if (!parent.systemIdentifier().equals(start.systemIdentifier()) || parent.timeline() != start.timeline()) {
            throw new IllegalArgumentException("The backup " + start.id() + " is of the system "
                    + start.systemIdentifier()
                    + " on timeline " + start.timeline() + ", and " + id + " of the system " + parent.systemIdentifier()
                    + " on timeline " + parent.timeline() + ": take a full backup");
        }
        if (start.kind() == BackupStart.Kind.DIFFERENTIAL && parent.kind() != BackupStart.Kind.FULL) {
            throw new IllegalArgumentException("The differential backup " + start.id() + " builds on a full one, and "
                    + id + " is " + parent.kind());
        }
    }

    /**
     * The complete backups, by the time at which they ended, the oldest first.
     *
     * @throws StoreTrouble DAMAGED or WRONG_KEY when an index cannot be read; {@link #listing} has the others
     */
    public List<Backup> backups() throws StoreTrouble {
        Listing listing = listing();
        Optional<StoreTrouble> first =
                new TreeMap<>(listing.unreadable()).values().stream().findFirst();
        if (first.isPresent()) {
            throw first.get().again();
        }
        return listing.backups();
    }

    /**
     * The complete backups, and those that are complete but cannot be read.
     *
     * @throws StoreTrouble what the store reports
     */
    public Listing listing() throws StoreTrouble {
        List<Backup> backups = new ArrayList<>();
        Map<String, StoreTrouble> unreadable = new TreeMap<>();
        for (Found found : findAll(folder.states())) {
            switch (found) {
                case Complete(Backup backup) -> backups.add(backup);
                case Unreadable(String id, StoreTrouble why) when aboutTheObject(why) -> unreadable.put(id, why);
                case Unreadable(String _, StoreTrouble why) -> throw why.again();
                case Gone() -> {}
            }
        }
        backups.sort(
                Comparator.comparing((Backup backup) -> backup.end().endedAt()).thenComparing(Backup::id));
        return new Listing(backups, unreadable);
    }

    private sealed interface Found {}

    private record Complete(Backup backup) implements Found {}

    private record Unreadable(String id, StoreTrouble why) implements Found {}

    /** Deleted while the list was read. */
    private record Gone() implements Found {}

    private List<Found> findAll(Map<String, BackupFolder.State> states) {
        return states.entrySet().stream()
                .filter(entry -> entry.getValue() == BackupFolder.State.COMPLETE)
                .map(Map.Entry::getKey)
                .gather(Gatherers.mapConcurrent(READ_AT_ONCE_MAX, this::findOne))
                .toList();
    }

    private Found findOne(String id) {
        try {
            Optional<Backup> backup = backup(id);
            return backup.isPresent() ? new Complete(backup.get()) : new Gone();
        } catch (StoreTrouble trouble) {
            return new Unreadable(id, trouble);
        }
    }

    private static boolean aboutTheObject(StoreTrouble trouble) {
        return trouble.kind() == Kind.DAMAGED || trouble.kind() == Kind.WRONG_KEY;
    }

    /** The complete backup of this id; empty when there is none. */
    public Optional<Backup> backup(String id) throws StoreTrouble {
        ObjectKeys.requirePart(id);
        return folder.find(id).map(BackupFolder.Indexed::backup);
    }

    /**
     * The plain bytes of a part; to be closed by the caller. Each frame is authenticated before it is handed out; a
     * truncated part ends with a {@link StoreTrouble} of kind DAMAGED, not with an end of the stream.
     *
     * @throws StoreTrouble MISSING when the backup or the object is not there, DAMAGED, WRONG_KEY
     * @throws IllegalArgumentException when the backup has no part of this name
     */
    public InputStream read(Backup backup, String part) throws StoreTrouble {
        Backup.Part wanted = backup.part(part)
                .orElseThrow(() -> new IllegalArgumentException("The backup " + backup.id() + " has no part " + part));
        String dataKey = dataKeyOf(backup);
        String objectKey = BackupFolder.part(backup.id(), part);
        return open(store.open(objectKey), objectKey, dataKey, wanted);
    }

    /** The index tells the data key too, so that no older object of the same name passes. */
    private InputStream open(InputStream object, String objectKey, String dataKey, Backup.Part part)
            throws StoreTrouble {
        FrameReader.KeyLookup lookup = id -> {
            if (!id.equals(dataKey)) {
                throw new StoreTrouble(
                        Kind.DAMAGED,
                        "The object " + objectKey + " is damaged: it is of another backup, or its header was changed");
            }
            return keys.load(id);
        };
        return Opening.of(object, objectKey, lookup, OptionalLong.of(part.plainBytes()));
    }

    private String dataKeyOf(Backup backup) throws StoreTrouble {
        BackupFolder.Indexed indexed = folder.find(backup.id())
                .orElseThrow(
                        () -> new StoreTrouble(Kind.MISSING, "The backup " + backup.id() + " is not there (any more)"));
        if (!indexed.backup().equals(backup)) {
            throw new StoreTrouble(
                    Kind.DAMAGED,
                    "The backup " + backup.id() + " is another one than was listed: list the backups again");
        }
        return indexed.dataKey();
    }

    /**
     * Reads all objects of the backup: that they are there, their hashes, frames and sizes.
     *
     * @throws StoreTrouble WRONG_KEY, or what the store reports; what is missing or damaged is in the result
     */
    public Verified verify(Backup backup) throws StoreTrouble {
        return verify(backup, _ -> {});
    }

    /**
     * As {@link #verify(Backup)}.
     *
     * @param read told how many stored bytes were read, again and again; what it throws breaks the reading off
     */
    public Verified verify(Backup backup, LongConsumer read) throws StoreTrouble {
        Verification verification = new Verification(backup, read);
        try {
            String dataKey = dataKeyOf(backup);
            for (Backup.Part part : backup.parts()) {
                String objectKey = BackupFolder.part(backup.id(), part.name());
                verification.part(
                        part, objectKey, () -> store.open(objectKey), stored -> open(stored, objectKey, dataKey, part));
            }
        } catch (StoreTrouble trouble) {
            verification.index(trouble);
        }
        return verification.result();
    }

    /**
     * Removes the backup. One whose removal is broken off half-way is whole as long as it is listed, and goes with
     * {@link #sweep} when it is not.
     *
     * @throws StoreTrouble DENIED when the store does not let go of it, such as one that locks its objects for a time
     * @throws IllegalStateException while another backup, complete, unfinished or unreadable, builds or may build on it
     */
    public void delete(Backup backup) throws StoreTrouble {
        removal.delete(backup, listing());
    }

    /**
     * Removes unfinished backups that were begun longer ago than this, and what is left of those that were being removed.
     * What the store does not let go of is logged, and left for the next time.
     *
     * @param age longer than any backup takes
     * @return the ids of those removed
     */
    public List<String> sweep(Duration age) throws StoreTrouble {
        return removal.sweep(age);
    }

    /**
     * Removes what is left of a backup that is unfinished or whose index is damaged, whatever its age; not to be called for
     * one that is being written.
     *
     * @throws IllegalStateException when the backup is complete and can be read, or could be with the right key
     */
    public void discard(String id) throws StoreTrouble {
        removal.discard(id);
    }

    /**
     * Wraps every data key with the first key of the ring too, where it is not yet: after it the other keys of the ring are
     * no longer needed. Data is not rewritten.
     *
     * @return how many data keys were wrapped anew
     * @throws StoreTrouble WRONG_KEY or DAMAGED when a data key cannot be unwrapped; no key may be thrown away then
     */
    public int rewrap() throws StoreTrouble {
        return keys.rewrap();
    }

    /** The WAL of the system. */
    public WalStore wal() {
        return wal;
    }

    /**
     * The reports of one kind.
     *
     * @param kind a name for the folder, such as {@code drills}
     * @param kept how many, 1 or more
     */
    public <T> Reports<T> reports(String kind, Class<T> type, int kept) {
        return new Reports<>(store, keys, random, kind, type, kept);
    }

    /** What must not come back with a restore. */
    public ErasureList erasures() {
        return erasures;
    }

    /** Closes the store. */
    @Override
    public void close() {
        store.close();
    }
}
