package io.bulwark.circuit;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.bulwark.grammar.Ranges;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * When a circuit opens and how it closes again.
 *
 * @param trip what opens it
 * @param openFor how long it stays open the first time, 10 ms to 1 day; doubled at each trip that follows a failed
 *     half-open phase
 * @param openForMax the most it grows to, at least {@code openFor}
 * @param probes how many calls half-open lets through at once, and how many must succeed for it to close; 1 to 100
 * @param probeLease how long a probe may go without an answer before its place is given to another, 10 ms to 1 h
 */
public record CircuitPolicy(Trip trip, Duration openFor, Duration openForMax, int probes, Duration probeLease) {
    /** The values of the contract's example. */
    public static final CircuitPolicy DEFAULT =
            new CircuitPolicy(Trip.DEFAULT, Duration.ofSeconds(5), Duration.ofSeconds(60), 3, Duration.ofSeconds(10));

    public CircuitPolicy {
        Ranges.check("circuit.openFor", openFor, Duration.ofMillis(10), Duration.ofDays(1));
        Ranges.check("circuit.openForMax", openForMax, openFor, Duration.ofDays(1));
        Ranges.check("circuit.probes", probes, 1, 100);
        Ranges.check("circuit.probeLease", probeLease, Duration.ofMillis(10), Duration.ofHours(1));
    }

    @JsonCreator
    static CircuitPolicy of(
            @JsonProperty("trip") @Nullable Trip trip,
            @JsonProperty("openFor") @Nullable Duration openFor,
            @JsonProperty("openForMax") @Nullable Duration openForMax,
            @JsonProperty("probes") @Nullable Integer probes,
            @JsonProperty("probeLease") @Nullable Duration probeLease) {
        Duration first = openFor == null ? DEFAULT.openFor : openFor;
        return new CircuitPolicy(
                trip == null ? DEFAULT.trip : trip,
                first,
                openForMax == null ? longer(first, DEFAULT.openForMax) : openForMax,
                probes == null ? DEFAULT.probes : probes,
                probeLease == null ? DEFAULT.probeLease : probeLease);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    /**
     * What opens a circuit: any one of the three.
     *
     * @param failureRate share of calls in the window that failed, above 0 to 1
     * @param slowRate share of calls in the window that took {@code slowerThan} or longer, above 0 to 1
     * @param slowerThan 1 ms to 1 h
     * @param consecutiveFailures failures without a success between them, 1 to 100,000; counts without regard to
     *     {@code minimumCalls}
     * @param minimumCalls below this many calls in the window the two rates say nothing, 1 to 1,000,000
     * @param window how far back the two rates look, 100 ms to 1 h, in ten slots
     */
    public record Trip(
            double failureRate,
            double slowRate,
            Duration slowerThan,
            int consecutiveFailures,
            int minimumCalls,
            Duration window) {
        /** The values of the contract's example. */
        public static final Trip DEFAULT = new Trip(0.5, 0.8, Duration.ofSeconds(2), 10, 20, Duration.ofSeconds(10));

        public Trip {
            Ranges.checkShare("circuit.trip.failureRate", failureRate);
            Ranges.checkShare("circuit.trip.slowRate", slowRate);
            Ranges.check("circuit.trip.slowerThan", slowerThan, Duration.ofMillis(1), Duration.ofHours(1));
            Ranges.check("circuit.trip.consecutiveFailures", consecutiveFailures, 1, 100_000);
            Ranges.check("circuit.trip.minimumCalls", minimumCalls, 1, 1_000_000);
            Ranges.check("circuit.trip.window", window, Duration.ofMillis(100), Duration.ofHours(1));
        }

        @JsonCreator
        static Trip of(
                @JsonProperty("failureRate") @Nullable Double failureRate,
                @JsonProperty("slowRate") @Nullable Double slowRate,
                @JsonProperty("slowerThan") @Nullable Duration slowerThan,
                @JsonProperty("consecutiveFailures") @Nullable Integer consecutiveFailures,
                @JsonProperty("minimumCalls") @Nullable Integer minimumCalls,
                @JsonProperty("window") @Nullable Duration window) {
            return new Trip(
                    failureRate == null ? DEFAULT.failureRate : failureRate,
                    slowRate == null ? DEFAULT.slowRate : slowRate,
                    slowerThan == null ? DEFAULT.slowerThan : slowerThan,
                    consecutiveFailures == null ? DEFAULT.consecutiveFailures : consecutiveFailures,
                    minimumCalls == null ? DEFAULT.minimumCalls : minimumCalls,
                    window == null ? DEFAULT.window : window);
        }
    }
}
