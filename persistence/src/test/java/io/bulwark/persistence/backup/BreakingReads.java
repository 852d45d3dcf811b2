package io.bulwark.persistence.backup;

import io.bulwark.persistence.repository.ObjectStore;
import io.bulwark.persistence.repository.ObjectWriter;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/** A store that can go away in the middle of an object, and knows which parts of backups were opened. */
final class BreakingReads implements ObjectStore {
    private final ObjectStore store;
    private final List<String> opened = Collections.synchronizedList(new ArrayList<>());
    private volatile String breaking = "";
    private volatile long after;

    BreakingReads(ObjectStore store) {
        this.store = store;
    }

    /**
     * From now on the object cannot be read further than that.
     *
     * @param key its end, such as {@code f/base.tar}; empty for none
     */
    void breakAt(String key, long bytes) {
        breaking = key;
        after = bytes;
    }

    /** The parts that were opened since the last question, as {@code backup/part}; no small objects. */
    List<String> opened() {
        List<String> since = List.copyOf(opened);
        opened.clear();
        return since;
    }

    @Override
    public InputStream open(String key) throws StoreTrouble {
        String part = key.replaceFirst("^backups/", "");
        if (!key.endsWith(".json")) {
            opened.add(part);
        }
        InputStream content = store.open(key);
        return part.equals(breaking) ? new Breaking(content, key, after) : content;
    }

    private static final class Breaking extends FilterInputStream {
        private final String key;
        private long left;

        Breaking(InputStream content, String key, long left) {
            super(content);
            this.key = key;
            this.left = left;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = super.read(into, offset, (int) Math.min(Math.max(left, 1), length));
            left -= read;
            if (left <= 0) {
                throw new StoreTrouble(Kind.UNREACHABLE, "The store is away, at " + key);
            }
            return read;
        }
    }

    @Override
    public ObjectWriter create(String key) throws StoreTrouble {
        return store.create(key);
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
