package io.bulwark.persistence.repository;

import java.util.List;
import java.util.Optional;

/**
 * A complete backup.
 *
 * @param parts in the order in which they were written
 */
public record Backup(BackupStart start, BackupEnd end, List<Part> parts) {
    public Backup {
        parts = List.copyOf(parts);
    }

    /**
     * One stream of the backup.
     *
     * @param plainBytes before compression
     * @param storedBytes of the sealed object
     * @param sha256 of the stored bytes, 64 lower-case hexadecimal digits
     */
    public record Part(String name, long plainBytes, long storedBytes, String sha256) {}

    /** The backup's name. */
    public String id() {
        return start.id();
    }

    /** The part of this name; empty when the backup has none. */
    public Optional<Part> part(String name) {
        return parts.stream().filter(part -> part.name().equals(name)).findFirst();
    }
}
