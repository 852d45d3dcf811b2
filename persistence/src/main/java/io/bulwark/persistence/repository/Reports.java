package io.bulwark.persistence.repository;

import io.bulwark.persistence.repository.StoreTrouble.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Gatherers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reports of one kind, {@code <kind>/<id>}: JSON, sealed as backups are, because it may name tenants; each with a data key of
 * its own, written once. Of more than are to be kept those with the lowest ids are removed. Any number of threads may call.
 *
 * @param <T> a record that Jackson writes and reads
 */
public final class Reports<T> {
    private static final Logger log = LoggerFactory.getLogger(Reports.class);
    private static final int READ_AT_ONCE_MAX = 16;
    private static final int BYTES_MAX = 16 << 20;
    private static final Compression COMPRESSION = new Compression(3, 0);

    private final ObjectStore store;
    private final DataKeys keys;
    private final SecureRandom random;
    private final String kind;
    private final Class<T> type;
    private final int kept;

    Reports(ObjectStore store, DataKeys keys, SecureRandom random, String kind, Class<T> type, int kept) {
        this.store = store;
        this.keys = keys;
        this.random = random;
        this.kind = ObjectKeys.requirePart(kind);
        this.type = type;
        this.kept = kept;
    }

    /**
     * Some of the reports.
     *
     * @param reports by their ids, the highest first
     * @param unreadable by id, why a report cannot be read
     */
    public record Listing<T>(List<T> reports, Map<String, StoreTrouble> unreadable) {
        public Listing {
            reports = List.copyOf(reports);
            unreadable = Map.copyOf(unreadable);
        }
    }

    /**
     * Writes the report, and removes those that are too many.
     *
     * @param id whose order is the reports' order, such as {@code 20261127T031500Z-5e1f09aa}
     * @throws StoreTrouble EXISTS when there is one of this id
     */
    public void add(String id, T report) throws StoreTrouble {
        String objectKey = objectKey(id);
        byte[] json = Json.write(report);
        DataKey key = keys.random();
        keys.save(key, purpose(id));
        try (Sealing sealing = Sealing.begin(store, objectKey, key, COMPRESSION, random)) {
            sealing.write(json);
            sealing.finish();
        } catch (IOException e) {
            throw StoreTrouble.of("The report " + objectKey + " cannot be written", e);
        }
        removeSurplus();
    }

    /** What cannot be removed now is removed after a later report: this one is kept all the same. */
    private void removeSurplus() {
        try {
            List<String> ids = ids();
            for (String surplus : ids.subList(0, Math.max(0, ids.size() - kept))) {
                remove(surplus);
            }
        } catch (StoreTrouble trouble) {
            log.warn("Reports of {} that are too many cannot be removed: {}", kind, trouble.getMessage());
        }
    }

    /**
     * The last ones.
     *
     * @param limit 0 or more
     * @throws StoreTrouble what the store reports; what is damaged is in the result
     */
    public Listing<T> last(int limit) throws StoreTrouble {
        List<String> ids = ids();
        List<T> reports = new ArrayList<>();
        Map<String, StoreTrouble> unreadable = new TreeMap<>();
        for (Found<T> found :
                findAll(ids.subList(Math.max(0, ids.size() - limit), ids.size()).reversed())) {
            switch (found) {
                case Read<T>(T report) -> reports.add(report);
                case Unreadable<T>(String id, StoreTrouble why) when cannotBeRead(why) -> unreadable.put(id, why);
                case Unreadable<T>(String _, StoreTrouble why) when why.kind() != Kind.MISSING -> throw why.again();
                case Unreadable<T> _ -> {} // removed while they were listed
            }
        }
        return new Listing<>(reports, unreadable);
    }

    private sealed interface Found<T> {}

    private record Read<T>(T report) implements Found<T> {}

    private record Unreadable<T>(String id, StoreTrouble why) implements Found<T> {}

    private static boolean cannotBeRead(StoreTrouble trouble) {
        return trouble.kind() == Kind.DAMAGED || trouble.kind() == Kind.WRONG_KEY;
    }

    private List<Found<T>> findAll(List<String> ids) {
        return ids.stream()
                .gather(Gatherers.mapConcurrent(READ_AT_ONCE_MAX, this::find))
                .toList();
    }

    private Found<T> find(String id) {
        String objectKey = objectKey(id);
        try (InputStream content = Opening.of(store.open(objectKey), objectKey, keys::load, OptionalLong.empty())) {
            byte[] json = content.readNBytes(BYTES_MAX);
            return new Read<>(Json.read(objectKey, json, type));
        } catch (IOException e) {
            return new Unreadable<>(id, StoreTrouble.of("The report " + objectKey + " cannot be read", e));
        }
    }

    /** The report first, so that what is there can be read. */
    private void remove(String id) throws StoreTrouble {
        Optional<String> dataKey = dataKey(id);
        store.delete(objectKey(id));
        if (dataKey.isPresent()) {
            removeKey(id, dataKey.get());
        }
    }

    private void removeKey(String id, String dataKey) throws StoreTrouble {
        try {
            keys.delete(dataKey, purpose(id));
        } catch (StoreTrouble trouble) {
            if (!cannotBeRead(trouble)) {
                throw trouble;
            }
            log.warn("The data key of {} stays: {}", objectKey(id), trouble.getMessage());
        }
    }

    /** Empty when nothing tells; the key stays then. */
    private Optional<String> dataKey(String id) throws StoreTrouble {
        String objectKey = objectKey(id);
        try (InputStream object = store.open(objectKey)) {
            return Optional.of(SealedHeader.parse(object.readNBytes(SealedHeader.BYTES), objectKey)
                    .dataKeyId());
        } catch (IOException e) {
            StoreTrouble trouble = StoreTrouble.of("The report " + objectKey + " cannot be read", e);
            if (cannotBeRead(trouble) || trouble.kind() == Kind.MISSING) {
                log.warn("The data key of {} is not known and stays: {}", objectKey, trouble.getMessage());
                return Optional.empty();
            }
            throw trouble;
        }
    }

    private List<String> ids() throws StoreTrouble {
        String folder = kind + "/";
        return store.list(folder).stream()
                .map(stored -> stored.key().substring(folder.length()))
                .filter(id -> !id.contains("/"))
                .toList();
    }

    private String purpose(String id) {
        return kind + " " + id;
    }

    private String objectKey(String id) {
        return ObjectKeys.require(kind + "/" + ObjectKeys.requirePart(id));
    }
}
