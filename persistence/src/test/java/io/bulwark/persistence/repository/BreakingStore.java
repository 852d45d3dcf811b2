package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** A store that goes away after some changes: what is in it then is what a crash at this moment leaves. */
final class BreakingStore implements ObjectStore {
    private final ObjectStore store;
    private int changesLeft;

    BreakingStore(ObjectStore store, int changesLeft) {
        this.store = store;
        this.changesLeft = changesLeft;
    }

    boolean broke() {
        return changesLeft < 0;
    }

    private void change(String key) throws StoreTrouble {
        changesLeft--;
        if (changesLeft < 0) {
            throw new StoreTrouble(Kind.UNREACHABLE, "The store is away, at " + key);
        }
    }

    @Override
    public ObjectWriter create(String key) throws StoreTrouble {
        ObjectWriter writer = store.create(key);
        return new ObjectWriter() {
            @Override
            public void write(int b) throws IOException {
                writer.write(b);
            }

            @Override
            public void write(byte[] bytes, int offset, int length) throws IOException {
                writer.write(bytes, offset, length);
            }

            @Override
            public void commit() throws StoreTrouble {
                change(key);
                writer.commit();
            }

            @Override
            public void close() throws IOException {
                writer.close();
            }
        };
    }

    @Override
    public InputStream open(String key) throws StoreTrouble {
        return store.open(key);
    }

    @Override
    public Optional<Stored> stat(String key) throws StoreTrouble {
        return store.stat(key);
    }

    @Override
    public List<Stored> list(String prefix) throws StoreTrouble {
        return store.list(prefix);
    }

    @Override
    public void delete(String key) throws StoreTrouble {
        change(key);
        store.delete(key);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        store.close();
    }
}
