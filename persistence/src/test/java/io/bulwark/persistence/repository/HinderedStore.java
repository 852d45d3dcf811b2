package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A store that a test stands in front of: it hears of each call before the store does, and may refuse it. */
public final class HinderedStore implements ObjectStore {
    private final ObjectStore store;
    private final Hindrance hindrance;

    /** What is asked of a store. */
    public enum Call {
        CREATE,
        COMMIT,
        OPEN,
        STAT,
        LIST,
        DELETE,
        CLOSE
    }

    /** What stands in the way. */
    @FunctionalInterface
    public interface Hindrance {
        /**
         * Hears of a call.
         *
         * @param key of the object; of LIST the prefix, of CLOSE ""
         * @throws StoreTrouble in place of the call
         */
        void before(Call call, String key) throws StoreTrouble;

        /** What is read in place of the object's content. */
        default InputStream opened(String key, InputStream content) {
            return content;
        }
    }

    /** The store goes away after some calls: what is in it then is what a crash at this moment leaves. */
    public static final class Breaking implements Hindrance {
        private final Set<Call> counted;
        private int left;

        public Breaking(int left, Call... counted) {
            this.left = left;
            this.counted = Set.of(counted);
        }

        public boolean broke() {
            return left < 0;
        }

        @Override
        public void before(Call call, String key) throws StoreTrouble {
            if (counted.contains(call)) {
                left--;
                if (left < 0) {
                    throw new StoreTrouble(Kind.UNREACHABLE, "The store is away, at " + key);
                }
            }
        }
    }

    /** The store refuses to delete an object for a time after it was written, as one with an object lock does. */
    public static final class Locked implements Hindrance {
        private final Duration retention;
        private final InstantSource clock;
        private final Map<String, Instant> until = new ConcurrentHashMap<>();

        public Locked(Duration retention, InstantSource clock) {
            this.retention = retention;
            this.clock = clock;
        }

        @Override
        public void before(Call call, String key) throws StoreTrouble {
            if (call == Call.COMMIT) {
                until.putIfAbsent(key, clock.instant().plus(retention));
            }
            if (call == Call.DELETE) {
                if (clock.instant().isBefore(until.getOrDefault(key, Instant.MIN))) {
                    throw new StoreTrouble(Kind.DENIED, "Cannot delete " + key + ": the object is locked");
                }
                until.remove(key);
            }
        }
    }

    public HinderedStore(ObjectStore store, Hindrance hindrance) {
        this.store = store;
        this.hindrance = hindrance;
    }

    @Override
    public ObjectWriter create(String key) throws StoreTrouble {
        hindrance.before(Call.CREATE, key);
        return new Writer(key, store.create(key));
    }

    private final class Writer extends ObjectWriter {
        private final String key;
        private final ObjectWriter writer;

        Writer(String key, ObjectWriter writer) {
            this.key = key;
            this.writer = writer;
        }

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
            hindrance.before(Call.COMMIT, key);
            writer.commit();
        }

        @Override
        public void close() throws IOException {
            writer.close();
        }
    }

    @Override
    public InputStream open(String key) throws StoreTrouble {
        hindrance.before(Call.OPEN, key);
        return hindrance.opened(key, store.open(key));
    }

    @Override
    public Optional<Stored> stat(String key) throws StoreTrouble {
        hindrance.before(Call.STAT, key);
        return store.stat(key);
    }

    @Override
    public List<Stored> list(String prefix) throws StoreTrouble {
        hindrance.before(Call.LIST, prefix);
        return store.list(prefix);
    }

    @Override
    public void delete(String key) throws StoreTrouble {
        hindrance.before(Call.DELETE, key);
        store.delete(key);
    }

    @Override
    public String describe() {
        return store.describe();
    }

    @Override
    public void close() {
        try {
            hindrance.before(Call.CLOSE, "");
        } catch (StoreTrouble trouble) {
            throw new IllegalStateException(trouble);
        }
        store.close();
    }
}
