package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.TreeMap;

/**
 * The data keys of a repository: wrapped in the store as {@code keys/<data key>.<key-encryption key>.json}, one object for
 * each key-encryption key that a data key was wrapped with; unwrapped in memory only.
 */
final class DataKeys {
    static final String FOLDER = "keys/";

    private static final int KEPT_MAX = 256;
    private static final String SUFFIX = ".json";

    private final ObjectStore store;
    private final SmallObjects objects;
    private final KeyRing ring;
    private final String repository;
    private final SecureRandom random;
    private final SequencedMap<String, DataKey> kept = new LinkedHashMap<>();

    DataKeys(ObjectStore store, KeyRing ring, String repository, SecureRandom random) {
        this.store = store;
        this.objects = new SmallObjects(store);
        this.ring = ring;
        this.repository = repository;
        this.random = random;
    }

    /** A new data key, which is in memory only until {@link #save}. */
    DataKey random() {
        return DataKey.random(random);
    }

    /** Wraps the key with the newest key-encryption key, durably. Nothing may be encrypted with it before. */
    void save(DataKey key, String purpose) throws StoreTrouble {
        write(WrappedKey.wrap(key, repository, purpose, ring.newest(), random));
        keep(key);
    }

    /** @throws StoreTrouble WRONG_KEY when the ring does not have what it was wrapped with, DAMAGED when it is not there */
    DataKey load(String id) throws StoreTrouble {
        Optional<DataKey> known = kept(id);
        if (known.isPresent()) {
            return known.get();
        }
        DataKey key = unwrap(id, wrappedWith(id)).key();
        keep(key);
        return key;
    }

    /**
     * Wraps every data key with the newest key-encryption key that is not wrapped with it yet, and tells how many. The others
     * are unwrapped with it: afterwards older keys are thrown away.
     */
    int rewrap() throws StoreTrouble {
        KeyRing.Key newest = ring.newest();
        int written = 0;
        for (Map.Entry<String, List<String>> entry : all().entrySet()) {
            if (entry.getValue().contains(newest.id())) {
                read(entry.getKey(), newest.id()).unwrap(newest);
            } else {
                Unwrapped found = unwrap(entry.getKey(), entry.getValue());
                write(WrappedKey.wrap(found.key(), repository, found.purpose(), newest, random));
                written++;
            }
        }
        return written;
    }

    /** Removes a data key that is there for this purpose; what it encrypted can never be read again. */
    void delete(String id, String purpose) throws StoreTrouble {
        for (String keyEncryptionKey : wrappedWith(id)) {
            WrappedKey wrapped = read(id, keyEncryptionKey);
            if (!wrapped.purpose().equals(purpose)) {
                throw new StoreTrouble(
                        Kind.DAMAGED,
                        "The data key " + id + " is for \"" + wrapped.purpose() + "\", not for \"" + purpose
                                + "\", and is left where it is");
            }
            store.delete(name(id, keyEncryptionKey));
        }
        forget(id);
    }

    private record Unwrapped(DataKey key, String purpose) {}

    private Unwrapped unwrap(String id, List<String> wrappedWith) throws StoreTrouble {
        if (wrappedWith.isEmpty()) {
            throw new StoreTrouble(
                    Kind.DAMAGED,
                    "There is no object " + FOLDER + id + ".*, and what was encrypted with it cannot be read");
        }
        List<String> usable = ring.ids().stream().filter(wrappedWith::contains).toList();
        List<StoreTrouble> failures = new ArrayList<>();
        for (String keyEncryptionKey : usable) {
            try {
                WrappedKey wrapped = read(id, keyEncryptionKey);
                return new Unwrapped(wrapped.unwrap(ring.key(keyEncryptionKey).orElseThrow()), wrapped.purpose());
            } catch (StoreTrouble trouble) {
                failures.add(trouble);
            }
        }
        throw failures.isEmpty() ? missing(id, wrappedWith) : failures.getFirst();
    }

    private StoreTrouble missing(String id, List<String> wrappedWith) {
        return new StoreTrouble(
                Kind.WRONG_KEY,
                "The data key " + id + " needs the key-encryption key " + String.join(" or ", wrappedWith)
                        + ", and the key ring has " + String.join(", ", ring.ids()) + ": add the one that is needed");
    }

    private WrappedKey read(String id, String keyEncryptionKey) throws StoreTrouble {
        String name = name(id, keyEncryptionKey);
        WrappedKey wrapped = Json.read(name, objects.read(name), WrappedKey.class);
        boolean itself = wrapped.dataKey().equals(id)
                && wrapped.keyEncryptionKey().equals(keyEncryptionKey)
                && wrapped.repository().equals(repository);
        if (!itself) {
            throw new StoreTrouble(
                    Kind.DAMAGED,
                    "The object " + name + " is the data key " + wrapped.dataKey() + " under "
                            + wrapped.keyEncryptionKey() + " of the repository " + wrapped.repository()
                            + ", and this is the repository " + repository);
        }
        return wrapped;
    }

    private void write(WrappedKey wrapped) throws StoreTrouble {
        objects.write(name(wrapped.dataKey(), wrapped.keyEncryptionKey()), Json.write(wrapped));
    }

    /** The ids of the key-encryption keys. */
    private List<String> wrappedWith(String id) throws StoreTrouble {
        return store.list(FOLDER + id + ".").stream()
                .map(stored -> keyEncryptionKey(stored.key()))
                .toList();
    }

    /** By data key, the ids of the key-encryption keys. */
    private Map<String, List<String>> all() throws StoreTrouble {
        Map<String, List<String>> all = new TreeMap<>();
        for (ObjectStore.Stored stored : store.list(FOLDER)) {
            String id = stored.key().substring(FOLDER.length(), dot(stored.key()));
            all.computeIfAbsent(id, first -> new ArrayList<>()).add(keyEncryptionKey(stored.key()));
        }
        return all;
    }

    private static String name(String id, String keyEncryptionKey) {
        return FOLDER + id + "." + keyEncryptionKey + SUFFIX;
    }

    private static String keyEncryptionKey(String name) {
        int end = name.endsWith(SUFFIX) ? name.length() - SUFFIX.length() : name.length();
        return name.substring(Math.min(dot(name) + 1, end), end);
    }

    /** Ids have no dots, so the first one ends the data key's. */
    private static int dot(String name) {
        int dot = name.indexOf('.', FOLDER.length());
        return dot < 0 ? name.length() : dot;
    }

    private Optional<DataKey> kept(String id) {
        synchronized (kept) {
            return Optional.ofNullable(kept.get(id));
        }
    }

    private void keep(DataKey key) {
        synchronized (kept) {
            kept.putLast(key.id(), key);
            if (kept.size() > KEPT_MAX) {
                kept.pollFirstEntry();
            }
        }
    }

    private void forget(String id) {
        synchronized (kept) {
            kept.remove(id);
        }
    }
}
