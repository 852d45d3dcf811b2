package io.bulwark.persistence.drill;

import io.bulwark.grammar.Ranges;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.scratch.ScratchSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * What a drill restores, and where.
 *
 * @param folder in which the scratch server gets a folder of its own; leftovers of drills that died are removed from it
 * @param credentials of the server that was backed up: the restored one has its roles, with the passwords of that time
 * @param answerWithin how long one statement of the checks may take; a table that takes longer is not checked. 1 s to 1 h
 */
public record DrillRequest(
        When when, Path folder, Database credentials, ScratchSettings settings, Duration answerWithin) {
    /** Up to where the log is replayed. */
    public sealed interface When {
        /** A random instant between the end of the newest backup and the end of the archive. */
        record Random() implements When {}

        /** All that was archived. */
        record End() implements When {}

        /** This instant. */
        record At(Instant time) implements When {}
    }

    /** @throws IllegalArgumentException when a member is outside its range; the message names it */
    public DrillRequest {
        Ranges.check("answerWithin", answerWithin, Duration.ofSeconds(1), Duration.ofHours(1));
    }

    /** With at most an hour for one statement. */
    public static DrillRequest of(When when, Path folder, Database credentials, ScratchSettings settings) {
        return new DrillRequest(when, folder, credentials, settings, Duration.ofHours(1));
    }
}
