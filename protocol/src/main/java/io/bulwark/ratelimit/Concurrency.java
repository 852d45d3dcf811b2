package io.bulwark.ratelimit;

import io.bulwark.grammar.Ranges;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * At most {@code capacity} held at the same time, by at most {@value #HELD_MAX} holders.
 *
 * <p>What is held is named and leased: {@link #hold} it, {@link #release} it, and what is never released is given back
 * when its lease runs out (in whole milliseconds, rounded up). Each call takes time in proportion to the number of
 * holders. An owner that is lost forgets its holders, so that its successor may let in a second {@code capacity} while
 * they are still at work.
 */
public record Concurrency(long capacity) implements Limiter {
    /** The most holders at one time; above it the answer is a refusal until the earliest lease runs out. */
    public static final int HELD_MAX = 10_000;

    private static final Level.Leases NONE = new Level.Leases(List.of());
    private static final long NANOS_PER_MILLI = 1_000_000L;

    Concurrency(LimitPolicy policy) {
        this(policy.capacity());
    }

    @Override
    public Level fresh(Instant now) {
        return NONE;
    }

    /** Whether {@link #hold} would be allowed; holds nothing. */
    @Override
    public Decision acquire(Level level, long cost, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        List<Level.Lease> held = leases(level);
        long nanos = Nanos.of(now);
        int from = firstAlive(held, nanos);
        long used = used(held, from);
        boolean fits = used + cost <= capacity && held.size() - from < HELD_MAX;
        Duration wait = cost == 0 || fits ? Duration.ZERO : freedAfter(held, from, used + cost - capacity, nanos);
        Duration reset = freedAfter(held, from, used, nanos);
        return new Decision(cost == 0 || fits, level, Math.max(0, capacity - used), wait, reset, Duration.ZERO);
    }

    /**
     * Holds {@code cost} under a name until it is released or the lease runs out.
     *
     * @param id held by nobody else at this limit
     * @param cost 0 or more; 0 looks and holds nothing
     */
    public Decision hold(Level level, long id, long cost, Instant until, Instant now) {
        Decision decision = acquire(level, cost, now);
        if (!decision.allowed() || cost == 0) {
            return decision;
        }
        long untilMillis = Math.ceilDiv(Nanos.of(until), NANOS_PER_MILLI);
        Level next = with(leases(level), new Level.Lease(id, cost, untilMillis), Nanos.of(now));
        Duration lease = Nanos.between(Nanos.of(now), untilMillis * NANOS_PER_MILLI);
        Duration reset = lease.compareTo(decision.resetAfter()) > 0 ? lease : decision.resetAfter();
        return new Decision(true, next, decision.remaining() - cost, Duration.ZERO, reset, Duration.ZERO);
    }

    /** Gives back what is held under the name; a name under which nothing is held changes nothing. */
    public Level release(Level level, long id, Instant now) {
        List<Level.Lease> held = leases(level);
        for (int i = 0; i < held.size(); i++) {
            if (held.get(i).id() == id) {
                List<Level.Lease> rest = new ArrayList<>(held);
                rest.remove(i);
                return new Level.Leases(rest);
            }
        }
        return level;
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
        return leases(reserved).containsAll(leases(exact));
    }

    private static List<Level.Lease> leases(Level level) {
        if (level instanceof Level.Leases leases) {
            return leases.held();
        }
        throw new IllegalArgumentException("The level is " + level + ": expected leases");
    }

    private static Level with(List<Level.Lease> held, Level.Lease lease, long nanos) {
        int from = firstAlive(held, nanos);
        List<Level.Lease> next = new ArrayList<>(held.size() - from + 1);
        next.addAll(held.subList(from, held.size()));
        int at = next.size();
        while (at > 0 && next.get(at - 1).untilMillis() > lease.untilMillis()) {
            at--;
        }
        next.add(at, lease);
        return new Level.Leases(next);
    }

    private static int firstAlive(List<Level.Lease> held, long nanos) {
        int i = 0;
        while (i < held.size() && held.get(i).untilMillis() <= nanos / NANOS_PER_MILLI) {
            i++;
        }
        return i;
    }

    private static long used(List<Level.Lease> held, int from) {
        long used = 0;
        for (int i = from; i < held.size(); i++) {
            used += held.get(i).cost();
        }
        return used;
    }

    /** From now until leases of this cost in all, and at least one, have run out. */
    private static Duration freedAfter(List<Level.Lease> held, int from, long needed, long nanos) {
        Duration after = Duration.ZERO;
        long freed = 0;
        for (int i = from; i < held.size() && (i == from || freed < needed); i++) {
            freed += held.get(i).cost();
            after = Nanos.between(nanos, held.get(i).untilMillis() * NANOS_PER_MILLI);
        }
        return after;
    }
}
