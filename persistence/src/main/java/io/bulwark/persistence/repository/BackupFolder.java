package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The objects of each backup, {@code backups/<id>/…}: {@code begun.json} is written first, {@code index.json} last; between
 * the two, the backup is unfinished. One that is removed gets {@code deleted} first, loses its index next and the mark last,
 * so that a removal that was broken off is known for one. As long as it has its index, it is whole, mark or not: a store
 * that locks its objects may refuse to go further.
 */
final class BackupFolder {
    static final String ALL = "backups/";

    private static final String INDEX = "index.json";
    private static final String BEGUN = "begun.json";
    private static final String DELETED = "deleted";
    private static final int FORMAT = 1;

    private final ObjectStore store;
    private final SmallObjects objects;
    private final DataKeys keys;

    BackupFolder(ObjectStore store, DataKeys keys) {
        this.store = store;
        this.objects = new SmallObjects(store);
        this.keys = keys;
    }

    /** A complete backup and the id of its data key. */
    record Indexed(Backup backup, String dataKey) {}

    /** The content of {@code begun.json}. */
    record Begun(int format, BackupStart start, String dataKey, Instant begunAt) {
        Begun {
            Objects.requireNonNull(start, "start");
            Objects.requireNonNull(dataKey, "dataKey");
            Objects.requireNonNull(begunAt, "begunAt");
            if (!DataKey.isId(dataKey)) {
                throw new IllegalArgumentException("The data key's id is \"" + dataKey + "\"");
            }
        }
    }

    /** The content of {@code index.json}. */
    private record Index(int format, BackupStart start, BackupEnd end, List<Backup.Part> parts) {
        Backup backup() {
            return new Backup(start, end, parts);
        }
    }

    /** Which objects a backup has. */
    enum State {
        /** Whole, even if its removal was begun. */
        COMPLETE,
        /** Its removal was begun, and it is not whole any more. */
        DELETED,
        UNFINISHED,
        /** Neither index nor beginning: not made by a repository, or what a broken store left. */
        STRAY
    }

    /**
     * The object's key.
     *
     * @throws IllegalArgumentException when this is no name for a part
     */
    static String part(String id, String name) {
        if (name.equals(INDEX) || name.equals(BEGUN) || name.equals(DELETED)) {
            throw new IllegalArgumentException("A part cannot have the name " + name + ": the repository uses it");
        }
        ObjectKeys.requirePart(name);
        return ObjectKeys.require(ALL + id + "/" + name);
    }

    static String purpose(String id) {
        return "backup " + id;
    }

    /** Takes the id, then makes the key durable: nothing is encrypted with a key that could be lost. */
    void begin(BackupStart start, DataKey key, Instant now) throws StoreTrouble {
        objects.write(begun(start.id()), Json.write(new Begun(FORMAT, start, key.id(), now)));
        keys.save(key, purpose(start.id()));
    }

    /** From now on the backup exists. */
    void complete(Backup backup, DataKey key) throws StoreTrouble {
        String name = index(backup.id());
        byte[] json = Json.write(new Index(FORMAT, backup.start(), backup.end(), backup.parts()));
        objects.write(name, Signed.seal(name, key, json));
    }

    /** The ids of all backups, whatever their state. */
    Map<String, State> states() throws StoreTrouble {
        Map<String, State> states = new TreeMap<>();
        for (ObjectStore.Stored stored : store.list(ALL)) {
            String[] names = stored.key().substring(ALL.length()).split("/", 2);
            String name = names.length == 2 ? names[1] : "";
            State state = switch (name) {
                case DELETED -> State.DELETED;
                case INDEX -> State.COMPLETE;
                case BEGUN -> State.UNFINISHED;
                default -> State.STRAY;
            };
            states.merge(names[0], state, (one, other) -> one.compareTo(other) < 0 ? one : other);
        }
        return states;
    }

    /** The ids of those whose removal was begun and went further than the mark. */
    List<String> deleted() throws StoreTrouble {
        return states().entrySet().stream()
                .filter(entry -> entry.getValue() == State.DELETED)
                .map(Map.Entry::getKey)
                .toList();
    }

    /** Empty when the backup is not complete, or not there. */
    Optional<Indexed> find(String id) throws StoreTrouble {
        String name = index(id);
        Optional<byte[]> bytes = objects.find(name);
        return bytes.isPresent() ? Optional.of(read(id, name, bytes.get())) : Optional.empty();
    }

    private Indexed read(String id, String name, byte[] bytes) throws StoreTrouble {
        Signed.Content content = Signed.open(name, bytes, keys::load);
        Index index = Json.read(name, content.json(), Index.class);
        if (index.format() != FORMAT || !index.start().id().equals(id)) {
            throw new StoreTrouble(
                    Kind.DAMAGED,
                    "The object " + name + " is the index of " + index.start().id() + " in format " + index.format()
                            + ", and this release reads format " + FORMAT);
        }
        return new Indexed(index.backup(), content.dataKey());
    }

    boolean isComplete(String id) throws StoreTrouble {
        return store.stat(index(id)).isPresent();
    }

    /** Whether there is one of this id, or the mark of one that was removed. */
    boolean isTaken(String id) throws StoreTrouble {
        return isComplete(id) || store.stat(deleted(id)).isPresent();
    }

    /** How the backup began; empty when nothing tells. */
    Optional<Begun> begunOf(String id) throws StoreTrouble {
        String name = begun(id);
        Optional<byte[]> bytes = objects.find(name);
        if (bytes.isEmpty()) {
            return Optional.empty();
        }
        Begun begun = Json.read(name, bytes.get(), Begun.class);
        if (!begun.start().id().equals(id)) {
            throw new StoreTrouble(
                    Kind.DAMAGED,
                    "The object " + name + " is of the backup " + begun.start().id());
        }
        return Optional.of(begun);
    }

    /**
     * Removes all of it. When it is broken off, it is known to be removed, unless the store had no room to say so.
     *
     * @return whether there was more than the mark, not counting the index
     */
    boolean remove(String id, Optional<String> dataKey) throws StoreTrouble {
        mark(id);
        store.delete(index(id));
        boolean more = false;
        List<String> parts = new ArrayList<>();
        for (ObjectStore.Stored stored : store.list(ALL + id + "/")) {
            more |= !stored.key().equals(deleted(id));
            if (!stored.key().equals(begun(id)) && !stored.key().equals(deleted(id))) {
                parts.add(stored.key());
            }
        }
        for (String part : parts) {
            store.delete(part);
        }
        if (dataKey.isPresent()) {
            keys.delete(dataKey.get(), purpose(id));
        }
        store.delete(begun(id));
        unmark(id);
        return more;
    }

    /** The mark is the youngest object: where the store locks objects for a time, it goes with a sweep after that. */
    private void unmark(String id) throws StoreTrouble {
        try {
            store.delete(deleted(id));
        } catch (StoreTrouble trouble) {
            if (trouble.kind() != Kind.DENIED) {
                throw trouble;
            }
        }
    }

    private void mark(String id) throws StoreTrouble {
        try {
            objects.write(deleted(id), new byte[0]);
        } catch (StoreTrouble trouble) {
            if (trouble.kind() != Kind.EXISTS && trouble.kind() != Kind.FULL) {
                throw trouble;
            }
        }
    }

    private static String deleted(String id) {
        return ALL + id + "/" + DELETED;
    }

    private static String index(String id) {
        return ALL + id + "/" + INDEX;
    }

    private static String begun(String id) {
        return ALL + id + "/" + BEGUN;
    }
}
