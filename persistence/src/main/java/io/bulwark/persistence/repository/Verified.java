package io.bulwark.persistence.repository;

import java.util.List;

/**
 * What {@link Repository#verify} found.
 *
 * @param storedBytes read, of all objects that could be read
 * @param plainBytes that they hold
 * @param problems one per object that is missing or damaged; empty when all is well
 */
public record Verified(String backupId, long storedBytes, long plainBytes, List<Problem> problems) {
    public Verified {
        problems = List.copyOf(problems);
    }

    /**
     * @param key of the object
     * @param kind MISSING or DAMAGED
     * @param what for people
     */
    public record Problem(String key, StoreTrouble.Kind kind, String what) {}

    /** Whether every byte is there and is what was written. */
    public boolean intact() {
        return problems.isEmpty();
    }
}
