package io.bulwark.load.comparison;

import io.bulwark.load.node.Distribution;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How a comparison is run.
 *
 * @param rounds in which every subject has its turn; 1 or more
 * @param round how long a subject is measured in each, after a third of that to warm up; 1 s or more
 * @param distribution the packaged node: the folder with {@code bin/bulwark}
 * @param scratch where the subjects keep their data and their output; what stood in their folders is deleted
 * @param reports where the result is written by who asked for it
 */
public record Setting(int rounds, Duration round, Path distribution, Path scratch, Path reports) {
    /** How often and how long by default. */
    public static final int ROUNDS = 5;

    /** How long a round is by default. */
    public static final Duration ROUND = Duration.ofSeconds(6);

    public Setting {
        if (rounds < 1) {
            throw new IllegalArgumentException("rounds is " + rounds + ": expected 1 or more");
        }
        if (round.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("round is " + round + ": expected PT1S or more");
        }
    }

    /** How long a subject is driven before it is measured. */
    Duration warmUp() {
        return round.dividedBy(3);
    }

    /** Makes the two folders those of this JVM, where the starters of processes look for them. */
    void enter() {
        System.setProperty(
                Distribution.PROPERTY, distribution.toAbsolutePath().normalize().toString());
        System.setProperty(
                "bulwark.scratch", scratch.toAbsolutePath().normalize().toString());
    }
}
