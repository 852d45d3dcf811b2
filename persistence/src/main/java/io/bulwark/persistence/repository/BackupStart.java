package io.bulwark.persistence.repository;

import java.util.Map;
import java.util.Optional;

/**
 * What is known of a backup when it begins.
 *
 * @param id a name such as {@code 20261127T031500Z-full}, at most {@value #ID_CHARS_MAX} characters, one part of an object key
 * @param parent the backup that this one builds on; empty for a full one only
 * @param systemIdentifier of the PostgreSQL cluster, as {@code IDENTIFY_SYSTEM} tells it
 * @param serverVersionNum as {@code server_version_num}, such as 180006
 * @param timeline 1 or more
 * @param label for people, at most {@value #TEXT_CHARS_MAX} characters
 * @param tags at most {@value #TAGS_MAX}, names and values at most {@value #TEXT_CHARS_MAX} characters each
 */
public record BackupStart(
        String id,
        Kind kind,
        Optional<String> parent,
        String systemIdentifier,
        int serverVersionNum,
        int timeline,
        String label,
        Map<String, String> tags) {
    static final int ID_CHARS_MAX = 100;
    static final int TEXT_CHARS_MAX = 1000;
    static final int TAGS_MAX = 50;

    /** Everything; what changed since the parent; what changed since the parent, which is a full one. */
    public enum Kind {
        FULL,
        INCREMENTAL,
        DIFFERENTIAL
    }

    /** @throws IllegalArgumentException when a value is out of its range */
    public BackupStart {
        tags = Map.copyOf(tags);
        ObjectKeys.requirePart(id);
        require(id.length() <= ID_CHARS_MAX, "id", id, "at most " + ID_CHARS_MAX + " characters");
        require((kind == Kind.FULL) == parent.isEmpty(), "parent", parent, "none for FULL, one for " + kind);
        parent.ifPresent(ObjectKeys::requirePart);
        require(!parent.equals(Optional.of(id)), "parent", parent, "another backup than itself");
        require(!systemIdentifier.isBlank(), "systemIdentifier", systemIdentifier, "a number");
        require(serverVersionNum > 0, "serverVersionNum", serverVersionNum, "a number such as 180006");
        require(timeline >= 1, "timeline", timeline, "1 or more");
        require(label.length() <= TEXT_CHARS_MAX, "label", label.length() + " characters", "at most " + TEXT_CHARS_MAX);
        require(tags.size() <= TAGS_MAX, "tags", tags.size(), "at most " + TAGS_MAX);
        tags.forEach((name, value) -> require(
                name.length() <= TEXT_CHARS_MAX && value.length() <= TEXT_CHARS_MAX,
                "tags",
                name.length() + " and " + value.length() + " characters",
                "at most " + TEXT_CHARS_MAX + " in a name or value"));
    }

    private static void require(boolean holds, String field, Object value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException("The backup's " + field + " is " + value + ", expected: " + expected);
        }
    }
}
