package io.bulwark.idempotency;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The calls of one tenant that carry a key and are being executed now, and those that wait for one of them to finish:
 * lets the guard collapse duplicates without asking the ledger.
 *
 * <p>Soft state: a loss forgets who is at work and who waits. It costs waiters an answer in time and duplicates a trip
 * to the ledger, whose primary key still lets only one of them execute; it never costs a second execution.
 *
 * <p>Each waiter is handed back exactly once: by {@link #finish} of the permit it waits for, or by {@link #lapse} once
 * that permit or its own deadline has run out. Every call takes logarithmic time, besides what it hands back. Mutable,
 * for one thread at a time.
 */
public final class InFlight {
    /** The most keys at one time; above it {@link Verdict.Full}. */
    public static final int KEYS_MAX = 10_000;
    /** The most waiters for one key; above it {@link Waiting.Full}. */
    public static final int WAITERS_PER_KEY_MAX = 100;
    /** The most waiters in all; above it {@link Waiting.Full}. */
    public static final int WAITERS_MAX = 20_000;
    /** A place may become free at any moment: the longest that is answered when one of the bounds is reached. */
    public static final Duration FULL_RETRY_MAX = Duration.ofSeconds(1);

    private static final Duration FULL_RETRY_MIN = Duration.ofMillis(1);

    private static final Comparator<First> END =
            Comparator.comparing((First first) -> first.until).thenComparingLong(first -> first.permit);
    private static final Comparator<Waiter> DEADLINE =
            Comparator.comparing(Waiter::deadline).thenComparingLong(Waiter::id);

    /** All four are made with the first key in flight and let go with the last: most tenants at most times have none. */
    private Map<IdempotencyKey, First> byKey = Map.of();

    private Map<Long, First> byPermit = Map.of();
    private NavigableSet<First> byEnd = Collections.emptyNavigableSet();
    private NavigableSet<Waiter> byDeadline = Collections.emptyNavigableSet();

    /** What the table says to a call that carries a key. */
    public sealed interface Verdict {
        /** Nobody is at it. */
        record First() implements Verdict {}

        /** The same request is being executed, until this instant at most. */
        record Duplicate(Instant until) implements Verdict {}

        /** Another request is being executed under this key. */
        record Reused() implements Verdict {}

        /** Too many keys are in flight; a place may be free after this time, which is above zero. */
        record Full(Duration retryAfter) implements Verdict {}
    }

    /** What the table says to who wants to wait. */
    public sealed interface Waiting {
        /** Taken note of. */
        record Noted() implements Waiting {}

        /** Nobody is at it any more: there is nothing to wait for. */
        record NothingInFlight() implements Waiting {}

        /** Too many wait, for this key or in all; a place may be free after this time, which is above zero. */
        record Full(Duration retryAfter) implements Waiting {}
    }

    /**
     * What ran out.
     *
     * @param lost permits that were not finished in time; nobody knows how their calls ended
     * @param woken waiters for those
     * @param timedOut waiters whose own deadline came first
     */
    public record Lapsed(List<Long> lost, List<Long> woken, List<Long> timedOut) {
        public Lapsed {
            lost = List.copyOf(lost);
            woken = List.copyOf(woken);
            timedOut = List.copyOf(timedOut);
        }
    }

    /** A call that is being executed. */
    private static final class First {
        private final IdempotencyKey key;
        private final Fingerprint fingerprint;
        private final long permit;
        private final Instant until;
        /** In the order in which they came; most calls have none, so the map is made with the first. */
        private Map<Long, Waiter> waiters = Map.of();

        private First(IdempotencyKey key, Fingerprint fingerprint, long permit, Instant until) {
            this.key = key;
            this.fingerprint = fingerprint;
            this.permit = permit;
            this.until = until;
        }

        private void add(Waiter waiter) {
            if (waiters.isEmpty()) {
                waiters = new LinkedHashMap<>();
            }
            waiters.put(waiter.id, waiter);
        }

        private void remove(Waiter waiter) {
            waiters.remove(waiter.id);
        }
    }

    private record Waiter(long id, Instant deadline, First first) {}

    /** What {@link #begin} would say, changing nothing. */
    public Verdict look(IdempotencyKey key, Fingerprint fingerprint, Instant now) {
        First first = byKey.get(key);
        if (first == null) {
            return byKey.size() < KEYS_MAX ? new Verdict.First() : new Verdict.Full(firstEnd(now));
        }
        return first.fingerprint.equals(fingerprint) ? new Verdict.Duplicate(first.until) : new Verdict.Reused();
    }

    /**
     * Notes a call, if it is the first with its key. What has run out counts as in flight until {@link #lapse} is told
     * so.
     *
     * @param permit the name under which the call is finished, of no other call
     * @param until when the permit counts as lost
     * @throws IllegalArgumentException when another call in flight has the permit
     */
    public Verdict begin(IdempotencyKey key, Fingerprint fingerprint, long permit, Instant until, Instant now) {
        Verdict verdict = look(key, fingerprint, now);
        if (verdict instanceof Verdict.First) {
            note(new First(key, fingerprint, permit, until));
        }
        return verdict;
    }

    /**
     * Notes somebody who waits for the call with this key to finish.
     *
     * @param waiter the name under which it is woken, of no other waiter
     * @param deadline when it gives up
     */
    public Waiting await(IdempotencyKey key, long waiter, Instant deadline, Instant now) {
        First first = byKey.get(key);
        if (first == null) {
            return new Waiting.NothingInFlight();
        }
        if (first.waiters.size() >= WAITERS_PER_KEY_MAX || byDeadline.size() >= WAITERS_MAX) {
            return new Waiting.Full(atMostASecond(now, first.until));
        }
        Waiter noted = new Waiter(waiter, deadline, first);
        first.add(noted);
        byDeadline.add(noted);
        return new Waiting.Noted();
    }

    /** The call has ended: its waiters, in the order in which they came. A permit that is not known has none. */
    public List<Long> finish(long permit) {
        First first = byPermit.get(permit);
        if (first == null) {
            return List.of();
        }
        byEnd.remove(first);
        return forget(first);
    }

    /** Forgets what has run out by now; to be asked at {@link #nextLapse} at the latest. */
    public Lapsed lapse(Instant now) {
        List<Long> lost = new ArrayList<>();
        List<Long> woken = new ArrayList<>();
        while (!byEnd.isEmpty() && !byEnd.first().until.isAfter(now)) {
            First first = byEnd.removeFirst();
            lost.add(first.permit);
            woken.addAll(forget(first));
        }
        List<Long> timedOut = new ArrayList<>();
        while (!byDeadline.isEmpty() && !byDeadline.first().deadline.isAfter(now)) {
            Waiter waiter = byDeadline.removeFirst();
            waiter.first.remove(waiter);
            timedOut.add(waiter.id);
        }
        return new Lapsed(lost, woken, timedOut);
    }

    /** When something runs out next, if anything is in flight. */
    public Optional<Instant> nextLapse() {
        if (byEnd.isEmpty()) {
            return Optional.empty();
        }
        Instant end = byEnd.first().until;
        Instant deadline = byDeadline.isEmpty() ? end : byDeadline.first().deadline;
        return Optional.of(deadline.isBefore(end) ? deadline : end);
    }

    /** How many keys are in flight. */
    public int keys() {
        return byKey.size();
    }

    /** How many wait, for all keys. */
    public int waiters() {
        return byDeadline.size();
    }

    private void note(First first) {
        if (byKey.isEmpty()) {
            byKey = new HashMap<>();
            byPermit = new HashMap<>();
            byEnd = new TreeSet<>(END);
            byDeadline = new TreeSet<>(DEADLINE);
        }
        if (byPermit.putIfAbsent(first.permit, first) != null) {
            throw new IllegalArgumentException(
                    "The permit is " + first.permit + ": expected one that no other call in flight has");
        }
        byKey.put(first.key, first);
        byEnd.add(first);
    }

    private List<Long> forget(First first) {
        byKey.remove(first.key);
        byPermit.remove(first.permit);
        for (Waiter waiter : first.waiters.values()) {
            byDeadline.remove(waiter);
        }
        if (byKey.isEmpty()) {
            byKey = Map.of();
            byPermit = Map.of();
            byEnd = Collections.emptyNavigableSet();
            byDeadline = Collections.emptyNavigableSet();
        }
        return List.copyOf(first.waiters.keySet());
    }

    private Duration firstEnd(Instant now) {
        return atMostASecond(now, byEnd.first().until);
    }

    private static Duration atMostASecond(Instant now, Instant end) {
        Duration left = Duration.between(now, end);
        if (left.compareTo(FULL_RETRY_MIN) < 0) {
            return FULL_RETRY_MIN;
        }
        return left.compareTo(FULL_RETRY_MAX) < 0 ? left : FULL_RETRY_MAX;
    }
}
