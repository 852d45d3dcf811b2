package io.bulwark.persistence.repository;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;

/**
 * Write-once objects under keys such as {@code backups/20261127T031500Z-full/base.tar}; {@link ObjectKeys} says which
 * keys there can be. Calls block; any number of threads may call. A key that is not allowed is an
 * {@link IllegalArgumentException}.
 */
public interface ObjectStore extends AutoCloseable {
    /**
     * Begins an object, of which nothing is visible before {@link ObjectWriter#commit}.
     *
     * @throws StoreTrouble EXISTS when there is one under this key (here or, at the latest, at the commit)
     */
    ObjectWriter create(String key) throws StoreTrouble;

    /**
     * The bytes of an object from its beginning; to be closed by the caller. What fails while they are read is an
     * {@link java.io.IOException}, a {@link StoreTrouble} where the store knows more.
     *
     * @throws StoreTrouble MISSING when there is none under this key
     */
    InputStream open(String key) throws StoreTrouble;

    /** The object's size; empty when there is none under this key. */
    Optional<Stored> stat(String key) throws StoreTrouble;

    /**
     * All objects whose keys start with the prefix, in the order of their keys (all pages of a store that has pages).
     *
     * @param prefix the beginning of a key, not necessarily up to a slash; "" for all
     */
    List<Stored> list(String prefix) throws StoreTrouble;

    /** Removes the object; when there is none under this key, nothing happens. */
    void delete(String key) throws StoreTrouble;

    /** Which store this is, for people, without secrets. */
    String describe();

    /** @param bytes the object's size as stored, 0 or more */
    record Stored(String key, long bytes) {}

    @Override
    void close();
}
