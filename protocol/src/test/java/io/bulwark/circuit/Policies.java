package io.bulwark.circuit;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** Policies to test circuits with. */
final class Policies {
    private Policies() {}

    /** Three failures in a row, or half failed or four fifths slow of ten calls in ten seconds; two probes. */
    static CircuitPolicy plain() {
        return new CircuitPolicy(
                new CircuitPolicy.Trip(0.5, 0.8, Duration.ofSeconds(2), 3, 10, Duration.ofSeconds(10)),
                Duration.ofSeconds(5),
                Duration.ofSeconds(15),
                2,
                Duration.ofSeconds(1));
    }

    static CircuitPolicy random(RandomGenerator random) {
        Duration openFor = Duration.ofMillis(random.nextInt(10, 5_000));
        return new CircuitPolicy(
                new CircuitPolicy.Trip(
                        random.nextDouble(0.05, 1),
                        random.nextDouble(0.05, 1),
                        Duration.ofMillis(random.nextInt(1, 200)),
                        random.nextInt(1, 20),
                        random.nextInt(1, 40),
                        Duration.ofMillis(random.nextInt(100, 5_000))),
                openFor,
                openFor.multipliedBy(random.nextInt(1, 20)),
                random.nextInt(1, 6),
                Duration.ofMillis(random.nextInt(10, 2_000)));
    }
}
