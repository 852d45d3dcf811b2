package io.bulwark.ratelimit;

import io.bulwark.grammar.Ranges;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * At most {@code capacity} in any stretch of time as long as {@code per}.
 *
 * <p>The window is cut into {@value #SLOTS} slots of {@code ceil(per / 32)}, and a slot counts whole for as long as any
 * part of it is in the window. So the promise holds wherever the window is laid, and what was spent comes back up to
 * one slot (a thirty-second of {@code per}) later than it could.
 */
public record SlidingWindow(long capacity, long perNanos, long slotNanos) implements Limiter {
    /** How many slots a window is cut into; it overlaps one more at most. */
    public static final int SLOTS = 32;

    SlidingWindow(LimitPolicy policy) {
        this(
                policy.capacity(),
                policy.per().toNanos(),
                Math.ceilDiv(policy.per().toNanos(), SLOTS));
    }

    @Override
    public Level fresh(Instant now) {
        return Level.Window.EMPTY;
    }

    @Override
    public Decision acquire(Level level, long cost, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        List<Level.Slot> slots = Level.Window.of(level).slots();
        long nanos = Nanos.of(now);
        int from = firstThatCounts(slots, nanos);
        long used = used(slots, from);
        if (cost > 0 && used + cost > capacity) {
            Duration wait = freedAfter(slots, from, Math.min(used, used + cost - capacity), nanos);
            return new Decision(false, level, left(used), wait, freedAfter(slots, from, used, nanos), Duration.ZERO);
        }
        Level.Window next = cost == 0 ? Level.Window.of(level) : spend(slots, from, cost, nanos);
        Duration reset = next.slots().isEmpty()
                ? Duration.ZERO
                : Nanos.between(nanos, leavesAt(next.slots().getLast()));
        return new Decision(true, next, left(used + cost), Duration.ZERO, reset, Duration.ZERO);
    }

    @Override
    public Level charge(Level level, long cost, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        List<Level.Slot> slots = Level.Window.of(level).slots();
        long nanos = Nanos.of(now);
        int from = firstThatCounts(slots, nanos);
        long charged = Math.min(cost, 2 * capacity - used(slots, from));
        return charged <= 0 ? level : spend(slots, from, charged, nanos);
    }

    /** Taken from the slot of {@code spentAt}; what is no longer counted there has come back already. */
    @Override
    public Level refund(Level level, long cost, Instant spentAt, Instant now) {
        Ranges.check("cost", cost, 0, LimitPolicy.CAPACITY_MAX);
        return Level.Window.of(level).less(Nanos.of(spentAt) / slotNanos, cost);
    }

    /** What counts at a later instant are the slots from some slot on, so each such rest is compared. */
    @Override
    public boolean covers(Level reserved, Level exact, Instant now) {
        List<Level.Slot> more = Level.Window.of(reserved).slots();
        List<Level.Slot> less = Level.Window.of(exact).slots();
        int from = firstThatCounts(less, Nanos.of(now));
        long ahead = 0;
        int next = more.size() - 1;
        for (int i = less.size() - 1; i >= from && ahead >= 0; i--) {
            while (next >= 0 && more.get(next).number() >= less.get(i).number()) {
                ahead += more.get(next--).count();
            }
            ahead -= less.get(i).count();
        }
        return ahead >= 0;
    }

    private Level.Window spend(List<Level.Slot> slots, int from, long cost, long nanos) {
        long number = nanos / slotNanos;
        return Level.Window.plus(
                slots,
                from,
                slots.isEmpty() ? number : Math.max(number, slots.getLast().number()),
                cost);
    }

    /** The index of the first slot with a part in (now − per, now]. */
    private int firstThatCounts(List<Level.Slot> slots, long nanos) {
        long first = Math.floorDiv(nanos - perNanos + 1, slotNanos);
        int i = 0;
        while (i < slots.size() && slots.get(i).number() < first) {
            i++;
        }
        return i;
    }

    private static long used(List<Level.Slot> slots, int from) {
        long used = 0;
        for (int i = from; i < slots.size(); i++) {
            used += slots.get(i).count();
        }
        return used;
    }

    private long left(long used) {
        return Math.max(0, capacity - used);
    }

    /** From now until so many slots have left the window that this much has come back. */
    private Duration freedAfter(List<Level.Slot> slots, int from, long needed, long nanos) {
        long freed = 0;
        for (int i = from; i < slots.size(); i++) {
            freed += slots.get(i).count();
            if (freed >= needed) {
                return Nanos.between(nanos, leavesAt(slots.get(i)));
            }
        }
        return Duration.ZERO;
    }

    /** The first instant at which a window that ends there has no part of the slot. */
    private long leavesAt(Level.Slot slot) {
        return (slot.number() + 1) * slotNanos - 1 + perNanos;
    }
}
