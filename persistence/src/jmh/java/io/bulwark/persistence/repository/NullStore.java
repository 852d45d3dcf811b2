package io.bulwark.persistence.repository;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/** Takes objects and forgets them. */
final class NullStore implements ObjectStore {
    @Override
    public ObjectWriter create(String key) {
        return new ObjectWriter() {
            @Override
            public void write(int b) {}

            @Override
            public void write(byte[] bytes, int offset, int length) {}

            @Override
            public void commit() {}
        };
    }

    @Override
    public InputStream open(String key) throws StoreTrouble {
        throw new StoreTrouble(StoreTrouble.Kind.MISSING, key);
    }

    @Override
    public Optional<Stored> stat(String key) {
        return Optional.empty();
    }

    @Override
    public List<Stored> list(String prefix) {
        return List.of();
    }

    @Override
    public void delete(String key) {}

    @Override
    public String describe() {
        return "nothing";
    }

    @Override
    public void close() {}
}
