package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.azure.AzureSettings;
import io.bulwark.persistence.repository.azure.AzureStore;
import io.bulwark.persistence.repository.azure.Azurite;
import io.bulwark.persistence.repository.s3.S3Server;
import io.bulwark.persistence.repository.s3.S3Settings;
import io.bulwark.persistence.repository.s3.S3Store;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A store of the kind that {@code -Dbulwark.store} names (directory, s3 or azure), which can be opened as often as one
 * likes, and what somebody does to it behind the repository's back.
 */
public final class TestStore {
    private static final String KIND = System.getProperty("bulwark.store", "directory");
    private static final Map<Path, TestStore> STORES = new ConcurrentHashMap<>();

    private final Opening opening;

    private interface Opening {
        ObjectStore open(InstantSource clock) throws StoreTrouble;
    }

    private TestStore(Opening opening) {
        this.opening = opening;
    }

    /**
     * The store of this name, empty when it is opened for the first time.
     *
     * @param place in a temporary directory of the test; nothing is written there when the store is a remote one
     */
    public static TestStore at(Path place) {
        return STORES.computeIfAbsent(place, TestStore::ofKind);
    }

    /** In the directory, whatever kind the tests run over. */
    public static TestStore inDirectory(Path place) {
        return new TestStore(clock -> DirectoryStore.open(place, clock));
    }

    private static TestStore ofKind(Path place) {
        return switch (KIND) {
            case "directory" -> inDirectory(place);
            case "s3" -> {
                S3Settings settings = S3Server.emptyFolder();
                yield new TestStore(_ -> S3Store.open(settings));
            }
            case "azure" -> {
                AzureSettings settings = Azurite.emptyContainer();
                yield new TestStore(_ -> AzureStore.open(settings));
            }
            default ->
                throw new IllegalArgumentException("bulwark.store is '" + KIND + "': expected directory, s3 or azure");
        };
    }

    /** To be closed by the caller. */
    public ObjectStore open(InstantSource clock) throws StoreTrouble {
        return opening.open(clock);
    }

    private ObjectStore open() throws StoreTrouble {
        return open(InstantSource.system());
    }

    /** The object's bytes. */
    public byte[] read(String key) throws IOException {
        try (ObjectStore store = open();
                InputStream content = store.open(key)) {
            return content.readAllBytes();
        }
    }

    /** Puts an object there, in place of the one that may be there. */
    public void write(String key, byte[] content) throws IOException {
        try (ObjectStore store = open()) {
            store.delete(key);
            try (ObjectWriter writer = store.create(key)) {
                writer.write(content);
                writer.commit();
            }
        }
    }

    /** Changes one bit of the byte. */
    public void flip(String key, int at) throws IOException {
        byte[] content = read(key);
        content[at] ^= 0x10;
        write(key, content);
    }

    public void delete(String key) throws StoreTrouble {
        try (ObjectStore store = open()) {
            store.delete(key);
        }
    }

    public boolean has(String key) throws StoreTrouble {
        return keys(key).contains(key);
    }

    /** The keys of all objects that start so. */
    public List<String> keys(String prefix) throws StoreTrouble {
        try (ObjectStore store = open()) {
            return store.list(prefix).stream().map(ObjectStore.Stored::key).toList();
        }
    }

    public void copyTo(TestStore other) throws IOException {
        for (String key : keys("")) {
            other.write(key, read(key));
        }
    }
}
