package io.bulwark.persistence.repository;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;

/**
 * WAL segments ({@code 00000001000000000000002A}), timeline histories ({@code 00000002.history}) and pieces of segments that
 * are not whole yet ({@code 00000001000000000000002A.partial/00001F40-00002000}, from and to as offsets) of one PostgreSQL
 * cluster, write-once, each a sealed object. Any number of threads may call. A name of another form is an
 * {@link IllegalArgumentException}.
 */
public interface WalStore {
    /**
     * Stores the file; it is durable when this returns. The same content again is fine.
     *
     * @param plain read to its end, not closed
     * @throws StoreTrouble EXISTS when the name is taken by another content
     */
    void put(String name, InputStream plain) throws StoreTrouble;

    /** The plain bytes, each frame authenticated before it is handed out; to be closed by the caller. */
    Optional<InputStream> get(String name) throws StoreTrouble;

    /** All names, in their order: by timeline, its history first, then its segments by position. */
    List<String> names() throws StoreTrouble;

    /** The bytes that each of them takes in the store, by name. */
    SortedMap<String, Long> storedBytes() throws StoreTrouble;

    /**
     * The names that begin like this, in their order.
     *
     * @param prefix a timeline's eight digits or more
     */
    List<String> names(String prefix) throws StoreTrouble;

    /** Removes the file; when there is none, nothing happens. */
    void delete(String name) throws StoreTrouble;
}
