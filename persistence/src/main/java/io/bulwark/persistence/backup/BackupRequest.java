package io.bulwark.persistence.backup;

import io.bulwark.grammar.Ranges;
import io.bulwark.persistence.repository.BackupStart.Kind;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What backup is wanted.
 *
 * @param kind FULL; INCREMENTAL, what changed since the last backup; DIFFERENTIAL, what changed since the last full one
 * @param label for people, shown by the server too; at most {@value #LABEL_CHARS_MAX} characters, no control characters
 * @param tags kept with the backup; names that start with {@code bulwark.} are the program's own
 * @param wal whether the WAL that a consistent restore needs goes into the backup, so that it can be restored alone;
 *     without it a restore needs an archive of WAL
 * @param rateMaxKibibytes what the server may send per second, 32 to 1,048,576 KiB; empty for as fast as it goes
 * @param checkpoint how the server makes the checkpoint that the backup starts from
 * @param answerWithin how long the server may be silent, 1 s to 1 day in whole seconds: longer than its checkpoint takes
 */
public record BackupRequest(
        Kind kind,
        String label,
        Map<String, String> tags,
        boolean wal,
        OptionalInt rateMaxKibibytes,
        Checkpoint checkpoint,
        Duration answerWithin) {
    static final int LABEL_CHARS_MAX = 200;

    /** How the server makes the checkpoint that the backup starts from. */
    public enum Checkpoint {
        /** At once: the disks are busy for a moment. */
        FAST,
        /** Spread over the time that {@code checkpoint_completion_target} gives, which takes minutes. */
        SPREAD
    }

    /** @throws IllegalArgumentException when a value is out of its range; the message names it */
    public BackupRequest {
        tags = Map.copyOf(tags);
        if (label.length() > LABEL_CHARS_MAX || label.chars().anyMatch(Character::isISOControl)) {
            throw new IllegalArgumentException("label is '" + label + "': expected at most " + LABEL_CHARS_MAX
                    + " characters without control characters");
        }
        for (String name : tags.keySet()) {
            if (name.startsWith(BackupTags.OWN)) {
                throw new IllegalArgumentException("The tag " + name + " is one of the program's own: names that start"
                        + " with " + BackupTags.OWN + " cannot be given");
            }
        }
        rateMaxKibibytes.ifPresent(rate -> Ranges.check("rateMaxKibibytes", rate, 32, 1_048_576));
        Ranges.check("answerWithin", answerWithin, Duration.ofSeconds(1), Duration.ofDays(1));
    }

    /** With WAL, no tags, as fast as it goes, a checkpoint at once, and 10 min for the server to answer. */
    public static BackupRequest of(Kind kind, String label) {
        return new BackupRequest(
                kind, label, Map.of(), true, OptionalInt.empty(), Checkpoint.FAST, Duration.ofMinutes(10));
    }

    /** The same with these tags. */
    public BackupRequest withTags(Map<String, String> newTags) {
        return new BackupRequest(kind, label, newTags, wal, rateMaxKibibytes, checkpoint, answerWithin);
    }

    /** The same without WAL, for a server whose WAL is archived. */
    public BackupRequest withoutWal() {
        return new BackupRequest(kind, label, tags, false, rateMaxKibibytes, checkpoint, answerWithin);
    }

    /** The same at most this fast. */
    public BackupRequest withRateMaxKibibytes(int perSecond) {
        return new BackupRequest(kind, label, tags, wal, OptionalInt.of(perSecond), checkpoint, answerWithin);
    }

    /** The same with this kind of checkpoint. */
    public BackupRequest withCheckpoint(Checkpoint newCheckpoint) {
        return new BackupRequest(kind, label, tags, wal, rateMaxKibibytes, newCheckpoint, answerWithin);
    }

    /** As the replication protocol takes it. */
    String quotedLabel() {
        return "'" + label.replace("'", "''") + "'";
    }
}
