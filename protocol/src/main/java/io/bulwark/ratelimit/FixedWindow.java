package io.bulwark.ratelimit;

import io.bulwark.grammar.Ranges;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * At most {@code capacity} in each window of length {@code per}, windows laid end to end from the Unix epoch; so up to
 * twice the capacity around the border of two of them.
 */
public record FixedWindow(long capacity, long perNanos) implements Limiter {
    FixedWindow(LimitPolicy policy) {
        this(policy.capacity(), policy.per().toNanos());
    }

    @Override
    public Level fresh(Instant now) {
        return Level.Window.EMPTY;
    }

    @Override
    public Decision acquire(Level level, long cost, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        long nanos = Nanos.of(now);
        long window = windowOf(level, nanos);
        long used = usedIn(level, window);
        boolean allowed = cost == 0 || used + cost <= capacity;
        long spent = allowed ? used + cost : used;
        Duration reset = spent == 0 ? Duration.ZERO : Nanos.between(nanos, (window + 1) * perNanos);
        Level next = allowed && cost > 0 ? spent(window, spent) : level;
        return new Decision(allowed, next, left(spent), allowed ? Duration.ZERO : reset, reset, Duration.ZERO);
    }

    @Override
    public Level charge(Level level, long cost, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        long window = windowOf(level, Nanos.of(now));
        return cost == 0 ? level : spent(window, Math.min(2 * capacity, usedIn(level, window) + cost));
    }

    /** Taken from the window of {@code spentAt}; what is no longer counted there has come back already. */
    @Override
    public Level refund(Level level, long cost, Instant spentAt, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        return Level.Window.of(level).less(Nanos.of(spentAt) / perNanos, cost);
    }

    @Override
    public boolean covers(Level reserved, Level exact, Instant now) {
        long window = windowOf(exact, Nanos.of(now));
        return usedIn(reserved, window) >= usedIn(exact, window);
    }

    private long windowOf(Level level, long nanos) {
        List<Level.Slot> slots = Level.Window.of(level).slots();
        long window = nanos / perNanos;
        return slots.isEmpty() ? window : Math.max(window, slots.getLast().number());
    }

    private static long usedIn(Level level, long window) {
        List<Level.Slot> slots = Level.Window.of(level).slots();
        return slots.isEmpty() || slots.getLast().number() != window
                ? 0
                : slots.getLast().count();
    }

    private static Level spent(long window, long used) {
        return new Level.Window(List.of(new Level.Slot(window, used)));
    }

    private long left(long used) {
        return Math.max(0, capacity - used);
    }
}
