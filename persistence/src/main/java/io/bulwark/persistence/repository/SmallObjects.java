package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

/** Objects that are read and written whole. */
final class SmallObjects {
    private static final int BYTES_MAX = 16 << 20;

    private final ObjectStore store;

    SmallObjects(ObjectStore store) {
        this.store = store;
    }

    byte[] read(String key) throws StoreTrouble {
        try (InputStream in = store.open(key)) {
            byte[] bytes = in.readNBytes(BYTES_MAX + 1);
            if (bytes.length > BYTES_MAX) {
                throw new StoreTrouble(
                        Kind.DAMAGED,
                        "The object " + key + " has more than " + BYTES_MAX + " bytes, and is not Bulwark's");
            }
            return bytes;
        } catch (IOException e) {
            throw StoreTrouble.of("The object " + key + " cannot be read", e);
        }
    }

    /** Empty when there is none. */
    Optional<byte[]> find(String key) throws StoreTrouble {
        try {
            return Optional.of(read(key));
        } catch (StoreTrouble trouble) {
            if (trouble.kind() == Kind.MISSING) {
                return Optional.empty();
            }
            throw trouble;
        }
    }

    void write(String key, byte[] bytes) throws StoreTrouble {
        try (ObjectWriter writer = store.create(key)) {
            writer.write(bytes);
            writer.commit();
        } catch (IOException e) {
            throw StoreTrouble.of("The object " + key + " cannot be written", e);
        }
    }
}
