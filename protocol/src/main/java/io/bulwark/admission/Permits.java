package io.bulwark.admission;

import io.bulwark.grammar.Name;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The permits that are out, each until it is settled or its lease ends. Soft: after a loss the permits of before are
 * unknown, their settling is ignored, and what they held counts as given back.
 */
final class Permits {
    /** The most permits that one tenant has out; beyond it calls are refused as overloaded. */
    static final int PERMITS_MAX = 20_000;

    /** Both are made with the first permit and let go with the last: most of the tenants that are awake have none out. */
    private Map<Long, Permit> out = Map.of();

    private NavigableSet<Due> dues = Collections.emptyNavigableSet();
    private long next;

    /** @param first the number of the first permit; random in its upper half, so that those of before are not met again */
    Permits(long first) {
        this.next = first;
    }

    /** One call that was let through. */
    record Permit(long id, Name service, Instant until, List<Name> held, boolean keyed) {}

    private record Due(Instant until, long id) implements Comparable<Due> {
        @Override
        public int compareTo(Due other) {
            int byTime = until.compareTo(other.until);
            return byTime != 0 ? byTime : Long.compare(id, other.id);
        }
    }

    boolean full() {
        return out.size() >= PERMITS_MAX;
    }

    int size() {
        return out.size();
    }

    /** The number for the next permit; also serves for waiters and reservations, so that no two things share one. */
    long number() {
        return next++;
    }

    void add(Permit permit) {
        if (out.isEmpty()) {
            out = new HashMap<>();
            dues = new TreeSet<>();
        }
        out.put(permit.id, permit);
        dues.add(new Due(permit.until, permit.id));
    }

    Optional<Permit> remove(long id) {
        Permit permit = out.get(id);
        if (permit == null) {
            return Optional.empty();
        }
        out.remove(id);
        dues.remove(new Due(permit.until, id));
        if (out.isEmpty()) {
            out = Map.of();
            dues = Collections.emptyNavigableSet();
        }
        return Optional.of(permit);
    }

    /** Whether a permit is out, and is for this service. */
    boolean isOut(long id, Name service) {
        Permit permit = out.get(id);
        return permit != null && permit.service.equals(service);
    }

    /** Takes out those whose lease has ended. */
    List<Permit> lost(Instant now) {
        List<Permit> lost = new ArrayList<>();
        while (!dues.isEmpty() && !dues.first().until.isAfter(now)) {
            remove(dues.first().id).ifPresent(lost::add);
        }
        return lost;
    }

    Optional<Instant> earliestDue() {
        return dues.isEmpty() ? Optional.empty() : Optional.of(dues.first().until);
    }

    /** How a number is written on the wire. */
    static String written(long id) {
        return Long.toHexString(id);
    }

    /** The number that was written, or one that is never given out. */
    static long read(String written) {
        try {
            return Long.parseUnsignedLong(written, 16);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
