package io.bulwark.circuit;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The breaker between one tenant and one service: an immutable value that says whether a call may be made, and learns
 * from how it ended.
 *
 * <pre>
 *   mode AUTO
 *             failures in a row, failure rate or slow rate reached: Opened
 *   CLOSED ------------------------------------------------------------------> OPEN
 *     ^                                                                        |  ^
 *     | so many probes succeeded: Closed                  `until`, by time alone |  | a probe failed, or the probes
 *     |                                                                        v  | were slow: Opened, for longer
 *     +----------------------------------------------------------------- HALF_OPEN
 *
 *   any mode, any state --ModeSet--> the start of the new mode:
 *     FORCED_OPEN (refuses), DISABLED (passes, counts nothing), METRICS_ONLY (passes, counts, never opens)
 * </pre>
 *
 * <p>Capitalised arrows are events, and journalled; going half-open is not, because it follows from the time. Deciding
 * changes nothing: {@link #permit} and {@link #settle} return the circuit as it is afterwards, and events are applied
 * to that with {@link #apply}.
 *
 * <p>In half-open a permit is a probe, leased for {@code probeLease}. A probe that ends as {@link Outcome#IGNORED}, is
 * given back, or is not settled within its lease makes room for another and decides nothing; settled later, it is not
 * counted. A probe that succeeds slowly counts as a success, but where the share of slow ones among the successes that
 * would close the circuit reaches {@code slowRate}, it opens again instead. In open and half-open, calls permitted
 * before the trip are not counted, however they end.
 *
 * @param hard what the journal restores
 * @param soft what a loss forgets
 */
public record Circuit(Hard hard, Soft soft) {
    /** When half-open is full, a place may become free at any moment: the longest that a refused call is told to wait. */
    public static final Duration FULL_RETRY_MAX = Duration.ofSeconds(1);

    private static final int DOUBLINGS_MAX = 40;

    /**
     * What the journal restores.
     *
     * @param since when it came into this position or mode
     * @param trips how many times in a row it has opened without closing
     * @param why of the latest trip or mode, empty if there is none
     */
    public record Hard(CircuitMode mode, Position position, Instant since, int trips, String why) {}

    /** Where the rule stands in mode {@code AUTO}; always closed in the other modes. */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
    @JsonSubTypes({
        @JsonSubTypes.Type(value = Position.Closed.class, name = "closed"),
        @JsonSubTypes.Type(value = Position.Open.class, name = "open")
    })
    public sealed interface Position {
        /** Calls pass and are counted. */
        record Closed() implements Position {}

        /** Calls are refused until then; from then on it is half-open. */
        record Open(Instant until) implements Position {}
    }

    /**
     * What a loss forgets. It costs the samples of one window, so that a service that fails trips the circuit by up to
     * {@code minimumCalls} calls later; and in half-open the probes that are out, so that up to {@code probes} more
     * may be out until the former ones' leases run out.
     *
     * @param consecutiveFailures failures without a success between them
     */
    public record Soft(Samples samples, int consecutiveFailures, Probes probes) {
        static final Soft EMPTY = new Soft(Samples.EMPTY, 0, Probes.NONE);
    }

    /** Calls of the window, and how many of them failed and how many were slow. */
    public record Counts(long calls, long failures, long slow) {
        static final Counts NONE = new Counts(0, 0, 0);

        Counts plus(boolean failed, boolean tooSlow) {
            return new Counts(calls + 1, failures + (failed ? 1 : 0), slow + (tooSlow ? 1 : 0));
        }
    }

    /** A closed circuit in mode {@code AUTO} that has seen nothing. */
    public static Circuit fresh(Instant now) {
        return restored(new Hard(CircuitMode.AUTO, new Position.Closed(), now, 0, ""));
    }

    /** The circuit after a loss. */
    public static Circuit restored(Hard hard) {
        return new Circuit(hard, Soft.EMPTY);
    }

    /**
     * May a call be made? Refused with the time until half-open when open, until the earliest probe's lease ends but at
     * most {@link #FULL_RETRY_MAX} when half-open is full, and the policy's {@code openFor} when forced open.
     *
     * @param permit the name under which the call is settled or given back
     */
    public CircuitPermission permit(CircuitPolicy policy, long permit, Instant now) {
        return switch (hard.mode) {
            case DISABLED, METRICS_ONLY -> new CircuitPermission.Permitted(this, false);
            case FORCED_OPEN -> new CircuitPermission.Refused(policy.openFor());
            case AUTO ->
                switch (hard.position) {
                    case Position.Closed() -> new CircuitPermission.Permitted(this, false);
                    case Position.Open(Instant until) ->
                        isHalfOpen(until, now)
                                ? probe(policy, permit, now)
                                : new CircuitPermission.Refused(Duration.between(now, until));
                };
        };
    }

    /**
     * How a permitted call ended.
     *
     * @param took ignored with {@link Outcome#IGNORED}
     * @return the circuit with the call counted, and what happened to it because of that
     */
    public Step<CircuitEvent, Circuit> settle(
            CircuitPolicy policy, long permit, Outcome outcome, Duration took, Instant now) {
        return switch (hard.mode) {
            case DISABLED, FORCED_OPEN -> Step.of(this);
            case METRICS_ONLY -> Step.of(counted(policy.trip(), outcome, took, now));
            case AUTO ->
                switch (hard.position) {
                    case Position.Closed() -> settleClosed(policy, outcome, took, now);
                    case Position.Open open -> settleProbe(policy, permit, outcome, took, now);
                };
        };
    }

    /** The call was lost or never made: its place, if it was a probe, is free. */
    public Circuit giveBack(long permit) {
        return with(soft.probes.without(permit));
    }

    /** The same circuit with less to remember: without samples when all of them have left the window. */
    public Circuit withoutWhatIsOver(CircuitPolicy policy, Instant now) {
        boolean over = soft.samples.counts(policy.trip(), now).calls() == 0;
        return over && !soft.samples.equals(Samples.EMPTY) ? with(Samples.EMPTY, soft.consecutiveFailures) : this;
    }

    /** The circuit after an event; the samples and probes of before say nothing about it. */
    public Circuit apply(CircuitEvent event) {
        return switch (event) {
            case CircuitEvent.Opened(Instant at, Instant until, int trips, String why) ->
                restored(new Hard(hard.mode, new Position.Open(until), at, trips, why));
            case CircuitEvent.Closed(Instant at) ->
                restored(new Hard(hard.mode, new Position.Closed(), at, 0, hard.why));
            case CircuitEvent.ModeSet(Instant at, CircuitMode mode, String reason) ->
                restored(new Hard(mode, new Position.Closed(), at, 0, reason));
        };
    }

    /** Where it stands; a mode that passes calls is closed, one that refuses them open. */
    public CircuitState state(Instant now) {
        return switch (hard.mode) {
            case DISABLED, METRICS_ONLY -> CircuitState.CLOSED;
            case FORCED_OPEN -> CircuitState.OPEN;
            case AUTO ->
                switch (hard.position) {
                    case Position.Closed() -> CircuitState.CLOSED;
                    case Position.Open(Instant until) ->
                        isHalfOpen(until, now) ? CircuitState.HALF_OPEN : CircuitState.OPEN;
                };
        };
    }

    /** Who decides over it. */
    public CircuitMode mode() {
        return hard.mode;
    }

    /** When it came into the state in which it is now. */
    public Instant since(Instant now) {
        return hard.position instanceof Position.Open(Instant until) && !now.isBefore(until) ? until : hard.since;
    }

    /** How many times in a row it has opened without closing. */
    public int trips() {
        return hard.trips;
    }

    /** Of the latest trip or mode, empty if there is none. */
    public String why() {
        return hard.why;
    }

    /** The calls of the window that ends now; none in open and half-open. */
    public Counts counts(CircuitPolicy policy, Instant now) {
        return soft.samples.counts(policy.trip(), now);
    }

    /** Failures without a success between them. */
    public int consecutiveFailures() {
        return soft.consecutiveFailures;
    }

    /** When open by its own rule: until it is half-open. */
    public Optional<Duration> retryAfter(Instant now) {
        return hard.position instanceof Position.Open(Instant until) && !isHalfOpen(until, now)
                ? Optional.of(Duration.between(now, until))
                : Optional.empty();
    }

    /**
     * A clock that was set back by more than the time for which the circuit was opened would keep it open for as long
     * as it was set back; such a circuit goes half-open at once.
     */
    private boolean isHalfOpen(Instant until, Instant now) {
        return !now.isBefore(until)
                || Duration.between(now, hard.since).compareTo(Duration.between(hard.since, until)) > 0;
    }

    private CircuitPermission probe(CircuitPolicy policy, long permit, Instant now) {
        Probes out = soft.probes.leasedAt(now);
        if (out.count() >= policy.probes()) {
            return new CircuitPermission.Refused(shorter(out.firstLapse(now), FULL_RETRY_MAX));
        }
        return new CircuitPermission.Permitted(with(out.plus(permit, now.plus(policy.probeLease()))), true);
    }

    private Step<CircuitEvent, Circuit> settleClosed(
            CircuitPolicy policy, Outcome outcome, Duration took, Instant now) {
        Circuit counted = counted(policy.trip(), outcome, took, now);
        Optional<String> why = outcome == Outcome.IGNORED ? Optional.empty() : counted.reasonToOpen(policy.trip(), now);
        return why.isEmpty() ? Step.of(counted) : counted.opened(policy, why.get(), now);
    }

    private Circuit counted(CircuitPolicy.Trip trip, Outcome outcome, Duration took, Instant now) {
        boolean slow = isSlow(trip, took);
        return switch (outcome) {
            case IGNORED -> this;
            case SUCCESS -> with(soft.samples.plus(trip, false, slow, now), 0);
            case FAILURE -> with(soft.samples.plus(trip, true, slow, now), soft.consecutiveFailures + 1);
        };
    }

    private Optional<String> reasonToOpen(CircuitPolicy.Trip trip, Instant now) {
        Counts counts = soft.samples.counts(trip, now);
        if (soft.consecutiveFailures >= trip.consecutiveFailures()) {
            return Optional.of(soft.consecutiveFailures + " calls in a row failed");
        }
        if (counts.calls < trip.minimumCalls()) {
            return Optional.empty();
        }
        if (share(counts.failures, counts.calls) >= trip.failureRate()) {
            return Optional.of(counts.failures + " of " + counts.calls + " calls in " + trip.window()
                    + " failed: a share of " + trip.failureRate() + " opens the circuit");
        }
        if (share(counts.slow, counts.calls) >= trip.slowRate()) {
            return Optional.of(counts.slow + " of " + counts.calls + " calls in " + trip.window() + " took "
                    + trip.slowerThan() + " or longer: a share of " + trip.slowRate() + " opens the circuit");
        }
        return Optional.empty();
    }

    private Step<CircuitEvent, Circuit> settleProbe(
            CircuitPolicy policy, long permit, Outcome outcome, Duration took, Instant now) {
        if (!soft.probes.isLeased(permit, now)) {
            return Step.of(giveBack(permit));
        }
        return switch (outcome) {
            case IGNORED -> Step.of(giveBack(permit));
            case FAILURE -> giveBack(permit).opened(policy, "a probe failed after " + took, now);
            case SUCCESS ->
                with(soft.probes.succeeded(permit, isSlow(policy.trip(), took))).settleSuccesses(policy, now);
        };
    }

    private Step<CircuitEvent, Circuit> settleSuccesses(CircuitPolicy policy, Instant now) {
        Probes probes = soft.probes;
        if (probes.successes() < policy.probes()) {
            return Step.of(this);
        }
        if (share(probes.slow(), probes.successes()) >= policy.trip().slowRate()) {
            String why = probes.slow() + " of " + probes.successes() + " probes took "
                    + policy.trip().slowerThan() + " or longer";
            return opened(policy, why, now);
        }
        return new Step<>(List.of(new CircuitEvent.Closed(now)), this);
    }

    private Step<CircuitEvent, Circuit> opened(CircuitPolicy policy, String why, Instant now) {
        int trips = Math.min(hard.trips, Integer.MAX_VALUE - 1) + 1;
        Duration grown = policy.openFor().multipliedBy(1L << Math.min(trips - 1, DOUBLINGS_MAX));
        Instant until = now.plus(shorter(grown, policy.openForMax()));
        return new Step<>(List.of(new CircuitEvent.Opened(now, until, trips, why)), this);
    }

    private Circuit with(Probes probes) {
        return probes.equals(soft.probes)
                ? this
                : new Circuit(hard, new Soft(soft.samples, soft.consecutiveFailures, probes));
    }

    private Circuit with(Samples samples, int consecutiveFailures) {
        return new Circuit(hard, new Soft(samples, consecutiveFailures, soft.probes));
    }

    private static boolean isSlow(CircuitPolicy.Trip trip, Duration took) {
        return took.compareTo(trip.slowerThan()) >= 0;
    }

    private static double share(long part, long whole) {
        return (double) part / whole;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
