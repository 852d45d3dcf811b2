package io.bulwark.persistence.archive;

import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** A store that takes nothing while it is told to be in trouble, and that counts what it is asked for. */
final class TroubledStore implements ObjectStore {
    private final ObjectStore store;
    private final AtomicReference<Optional<StoreTrouble.Kind>> trouble = new AtomicReference<>(Optional.empty());
    private final List<String> created = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();

    TroubledStore(ObjectStore store) {
        this.store = store;
    }

    void fail(StoreTrouble.Kind kind) {
        trouble.set(Optional.of(kind));
    }

    void mend() {
        trouble.set(Optional.empty());
    }

    /** How often it refused. */
    int refused() {
        return refused.get();
    }

    /** The keys of all objects that were begun, each as often as it was. */
    List<String> created() {
        return created;
    }

    @Override
    public ObjectWriter create(String key) throws StoreTrouble {
        Optional<StoreTrouble.Kind> now = trouble.get();
        if (now.isPresent()) {
            refused.incrementAndGet();
            throw new StoreTrouble(now.get(), "The store of this test is " + now.get());
        }
        created.add(key);
        return store.create(key);
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
