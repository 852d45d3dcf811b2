package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What was erased and must not come back with a restore: {@code erasures/00000001} and so on, each a sealed object that
 * nobody changes, because the keys in it may tell of people. The numbers have no gap, so an entry that was taken out is
 * missed, unless it was the last. Any number of threads and processes may add.
 */
public final class ErasureList {
    static final String FOLDER = "erasures/";

    private static final int BYTES_MAX = 4 << 20;
    private static final int TURNS_MAX = 100;
    private static final Compression COMPRESSION = new Compression(3, 0);

    private final ObjectStore store;
    private final DataKeys keys;
    private final SecureRandom random;
    private Optional<DataKey> key = Optional.empty();

    ErasureList(ObjectStore store, DataKeys keys, SecureRandom random) {
        this.store = store;
        this.keys = keys;
        this.random = random;
    }

    /** @param number from 1, in the order in which they were added */
    public record Entry(int number, Erasure erasure) {}

    /**
     * All entries, in their order.
     *
     * @throws StoreTrouble DAMAGED when one is missing or is not what was written, WRONG_KEY, or what the store reports
     */
    public List<Entry> entries() throws StoreTrouble {
        List<Entry> entries = new ArrayList<>();
        for (String name : names()) {
            int number = entries.size() + 1;
            if (!name.equals(name(number))) {
                throw new StoreTrouble(
                        Kind.DAMAGED,
                        "The object " + name(number) + " is missing, and later ones are there: somebody has taken an"
                                + " erasure out of the list, and what it stands for would come back with a restore");
            }
            entries.add(new Entry(number, read(name)));
        }
        return entries;
    }

    /** Just what was erased. */
    public List<Erasure> erasures() throws StoreTrouble {
        return entries().stream().map(Entry::erasure).toList();
    }

    /** Puts one on the list, for good; it is durable when this returns. */
    public Entry add(Erasure erasure) throws StoreTrouble {
        for (int turn = 0; turn < TURNS_MAX; turn++) {
            int number = names().size() + 1;
            try (Sealing sealing = Sealing.begin(store, name(number), key(), COMPRESSION, random)) {
                sealing.write(Json.write(erasure));
                sealing.finish();
                return new Entry(number, erasure);
            } catch (StoreTrouble trouble) {
                if (trouble.kind() != Kind.EXISTS) {
                    throw trouble;
                }
            } catch (IOException e) {
                throw StoreTrouble.of("The object " + name(number) + " cannot be written", e);
            }
        }
        throw new StoreTrouble(
                Kind.FAILED, "Others have added to the list " + TURNS_MAX + " times in the same moment: try again");
    }

    private List<String> names() throws StoreTrouble {
        return store.list(FOLDER).stream().map(ObjectStore.Stored::key).toList();
    }

    private Erasure read(String name) throws StoreTrouble {
        try (InputStream plain = Opening.of(store.open(name), name, keys::load, OptionalLong.empty())) {
            byte[] json = plain.readNBytes(BYTES_MAX + 1);
            if (json.length > BYTES_MAX) {
                throw new StoreTrouble(Kind.DAMAGED, "The object " + name + " has more than " + BYTES_MAX + " bytes");
            }
            return Json.read(name, json, Erasure.class);
        } catch (IOException e) {
            throw StoreTrouble.of("The object " + name + " cannot be read", e);
        }
    }

    private synchronized DataKey key() throws StoreTrouble {
        if (key.isEmpty()) {
            DataKey made = keys.random();
            keys.save(made, "erasures");
            key = Optional.of(made);
        }
        return key.get();
    }

    private static String name(int number) {
        return FOLDER + String.format(Locale.ROOT, "%08d", number);
    }
}
