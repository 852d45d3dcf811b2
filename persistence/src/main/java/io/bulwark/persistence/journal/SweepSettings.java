package io.bulwark.persistence.journal;

import io.bulwark.grammar.Ranges;
import java.time.Duration;

/**
 * When the journal is swept.
 *
 * @param every pause between two sweeps, 100 ms to 1 day
 * @param after how long a snapshot must have been there before what it stands for is deleted, 0 to 30 days: longer than a
 *     recovery may take together with what the nodes' clocks and the database's differ by
 */
public record SweepSettings(Duration every, Duration after) {
    /** A recovery gives up after 30 s without an event. */
    public static final SweepSettings DEFAULT = new SweepSettings(Duration.ofMinutes(1), Duration.ofMinutes(10));

    /** @throws IllegalArgumentException when a member is outside its range; the message names it */
    public SweepSettings {
        Ranges.check("every", every, Duration.ofMillis(100), Duration.ofDays(1));
        Ranges.check("after", after, Duration.ZERO, Duration.ofDays(30));
    }
}
