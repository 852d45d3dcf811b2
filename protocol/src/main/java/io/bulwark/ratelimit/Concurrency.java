package io.bulwark.ratelimit;

import io.bulwark.grammar.Ranges;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * At most {@code capacity} held at the same time, by at most {@value #HELD_MAX} holders.
 *
 * <p>What is held is named and leased: {@link #hold} it, {@link #release} it, and what is never released is given back
 * when its lease runs out (in whole milliseconds, rounded up). Holding and releasing take time in proportion to the
 * number of holders, about as long as copying a list of them. An owner that is lost forgets its holders, so that its successor may let in a second {@code capacity} while
 * they are still at work.
 */
public record Concurrency(long capacity) implements Limiter {
    /** The most holders at one time; above it the answer is a refusal until the earliest lease runs out. */
    public static final int HELD_MAX = 10_000;

    private static final long NANOS_PER_MILLI = 1_000_000L;

    Concurrency(LimitPolicy policy) {
        this(policy.capacity());
    }

    @Override
    public Level fresh(Instant now) {
        return Level.Leases.NONE;
    }

    /** Whether {@link #hold} would be allowed; holds nothing. */
    @Override
    public Decision acquire(Level level, long cost, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        return decide(alive(level, Nanos.of(now)), cost, Nanos.of(now));
    }

    /**
     * Holds {@code cost} under a name until it is released or the lease runs out.
     *
     * @param id held by nobody else at this limit
     * @param cost 0 or more; 0 looks and holds nothing
     */
    public Decision hold(Level level, long id, long cost, Instant until, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        long nanos = Nanos.of(now);
        Level.Leases alive = alive(level, nanos);
        Decision decision = decide(alive, cost, nanos);
        if (!decision.allowed() || cost == 0) {
            return decision;
        }
        long untilMillis = Math.ceilDiv(Nanos.of(until), NANOS_PER_MILLI);
        Level.Leases next = with(alive, new Level.Lease(id, cost, untilMillis));
        return new Decision(
                true, next, decision.remaining() - cost, Duration.ZERO, lastEnd(next, nanos), Duration.ZERO);
    }

    /** Gives back what is held under the name; a name under which nothing is held changes nothing. */
    public Level release(Level level, long id, Instant now) {
        Level.Leases alive = alive(level, Nanos.of(now));
        List<Level.Lease> held = alive.held();
        for (int i = 0; i < held.size(); i++) {
            if (held.get(i).id() == id) {
                return without(alive, i);
            }
        }
        return alive;
    }

    /** Changes nothing: what is held was admitted, and ends with its holder. */
    @Override
    public Level charge(Level level, long cost, Instant now) {
        return level;
    }

    /** Changes nothing: what is held is given back by {@link #release}. */
    @Override
    public Level refund(Level level, long cost, Instant spentAt, Instant now) {
        return level;
    }

    @Override
    public boolean covers(Level reserved, Level exact, Instant now) {
        long nanos = Nanos.of(now);
        return alive(reserved, nanos).held().containsAll(alive(exact, nanos).held());
    }

    private Decision decide(Level.Leases alive, long cost, long nanos) {
        long left = Math.max(0, capacity - alive.total());
        Duration reset = lastEnd(alive, nanos);
        if (cost == 0 || (cost <= left && alive.held().size() < HELD_MAX)) {
            return new Decision(true, alive, left, Duration.ZERO, reset, Duration.ZERO);
        }
        return new Decision(false, alive, left, freedAfter(alive.held(), cost - left, nanos), reset, Duration.ZERO);
    }

    /** Without the leases that have run out; the same object when none has. */
    private static Level.Leases alive(Level level, long nanos) {
        if (!(level instanceof Level.Leases leases)) {
            throw new IllegalArgumentException("The level is " + level + ": expected leases");
        }
        List<Level.Lease> held = leases.held();
        long total = leases.total();
        int from = 0;
        while (from < held.size() && held.get(from).untilMillis() <= nanos / NANOS_PER_MILLI) {
            total -= held.get(from++).cost();
        }
        return from == 0 ? leases : new Level.Leases(held.subList(from, held.size()), total);
    }

    private static Level.Leases with(Level.Leases leases, Level.Lease lease) {
        int size = leases.held().size();
        int at = size;
        while (at > 0 && leases.held().get(at - 1).untilMillis() > lease.untilMillis()) {
            at--;
        }
        Level.Lease[] next = leases.held().toArray(new Level.Lease[size + 1]);
        System.arraycopy(next, at, next, at + 1, size - at);
        next[at] = lease;
        return new Level.Leases(List.of(next), leases.total() + lease.cost());
    }

    private static Level.Leases without(Level.Leases leases, int at) {
        int rest = leases.held().size() - 1;
        Level.Lease[] all = leases.held().toArray(new Level.Lease[rest + 1]);
        Level.Lease[] next = Arrays.copyOf(all, rest);
        System.arraycopy(all, at + 1, next, at, rest - at);
        return new Level.Leases(List.of(next), leases.total() - all[at].cost());
    }

    private static Duration lastEnd(Level.Leases alive, long nanos) {
        return alive.held().isEmpty() ? Duration.ZERO : end(alive.held().getLast(), nanos);
    }

    /** From now until leases of this cost in all, and at least one, have run out; zero when nothing is held. */
    private static Duration freedAfter(List<Level.Lease> held, long needed, long nanos) {
        Duration after = Duration.ZERO;
        long freed = 0;
        for (int i = 0; i < held.size() && (i == 0 || freed < needed); i++) {
            freed += held.get(i).cost();
            after = end(held.get(i), nanos);
        }
        return after;
    }

    private static Duration end(Level.Lease lease, long nanos) {
        return Nanos.between(nanos, lease.untilMillis() * NANOS_PER_MILLI);
    }
}
