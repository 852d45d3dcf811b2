package io.bulwark.backup;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.Map;

/** What a run does. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
    @JsonSubTypes.Type(value = BackupTask.Take.class, name = "take"),
    @JsonSubTypes.Type(value = BackupTask.Verify.class, name = "verify"),
    @JsonSubTypes.Type(value = BackupTask.VerifyAll.class, name = "verify-all"),
    @JsonSubTypes.Type(value = BackupTask.Delete.class, name = "delete"),
    @JsonSubTypes.Type(value = BackupTask.Prune.class, name = "prune"),
    @JsonSubTypes.Type(value = BackupTask.Drill.class, name = "drill")
})
public sealed interface BackupTask {
    /**
     * Takes a backup.
     *
     * @param label for people, at most 200 characters
     * @param tags kept with it, at most 40; one that is named {@value Retention#KEEP} keeps it for ever
     */
    record Take(BackupKind kind, String label, Map<String, String> tags) implements BackupTask {
        static final int LABEL_CHARS_MAX = 200;
        static final int TAGS_MAX = 40;
        static final int TAG_CHARS_MAX = 200;

        /** @throws IllegalArgumentException when one of them is out of its range; the message names it */
        public Take {
            tags = Map.copyOf(tags);
            if (label.length() > LABEL_CHARS_MAX || label.chars().anyMatch(Character::isISOControl)) {
                throw new IllegalArgumentException("label has " + label.length() + " characters: expected at most "
                        + LABEL_CHARS_MAX + ", without control characters");
            }
            if (tags.size() > TAGS_MAX) {
                throw new IllegalArgumentException(
                        "tags has " + tags.size() + " members: expected at most " + TAGS_MAX);
            }
            tags.forEach(Take::checkTag);
        }

        private static void checkTag(String name, String value) {
            if (name.isEmpty()
                    || name.startsWith("bulwark.")
                    || name.length() > TAG_CHARS_MAX
                    || value.length() > TAG_CHARS_MAX) {
                throw new IllegalArgumentException("tags has '"
                        + name.substring(0, Math.min(name.length(), TAG_CHARS_MAX)) + "': expected names that do not"
                        + " begin with bulwark., and names and values of at most " + TAG_CHARS_MAX + " characters");
            }
        }

        static Take of(BackupKind kind, String label) {
            return new Take(kind, label, Map.of());
        }
    }

    /** Reads one backup to its last byte. */
    record Verify(String backup) implements BackupTask {}

    /** Reads every backup to its last byte. */
    record VerifyAll() implements BackupTask {}

    /** Deletes one backup, on which no other may build. */
    record Delete(String backup) implements BackupTask {}

    /** Deletes what the policy does not keep, and the log that nothing kept needs. */
    record Prune() implements BackupTask {}

    /** Restores the newest chain elsewhere, at a random instant, checks it, and throws it away. */
    record Drill() implements BackupTask {}
}
