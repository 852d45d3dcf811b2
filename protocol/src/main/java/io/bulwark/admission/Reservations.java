package io.bulwark.admission;

import io.bulwark.grammar.Name;
import java.time.Instant;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What was reserved of limits and is not settled yet. Soft: after a loss the reservations stand in full, as if they had
 * run out.
 */
final class Reservations {
    /** The most reservations that one tenant has open; beyond it they are refused as overloaded. */
    static final int RESERVATIONS_MAX = 10_000;

    /** Both are made with the first reservation and let go with the last, because most tenants never have one. */
    private Map<Long, Reservation> open = Map.of();

    private NavigableMap<Instant, Map<Long, Reservation>> byEnd = Collections.emptyNavigableMap();

    /** One cost that is known only afterwards. */
    record Reservation(long id, Name limit, long cost, Instant at, Instant until) {}

    boolean full(Instant now) {
        expire(now);
        return open.size() >= RESERVATIONS_MAX;
    }

    void add(Reservation reservation) {
        if (open.isEmpty()) {
            open = new HashMap<>();
            byEnd = new TreeMap<>();
        }
        open.put(reservation.id, reservation);
        byEnd.computeIfAbsent(reservation.until, end -> new HashMap<>()).put(reservation.id, reservation);
    }

    /** Takes the reservation out, if it is open and of this limit. */
    Optional<Reservation> settle(long id, Name limit, Instant now) {
        expire(now);
        Reservation reservation = open.get(id);
        if (reservation == null || !reservation.limit.equals(limit)) {
            return Optional.empty();
        }
        open.remove(id);
        Map<Long, Reservation> sameEnd = byEnd.get(reservation.until);
        if (sameEnd != null && sameEnd.remove(id) != null && sameEnd.isEmpty()) {
            byEnd.remove(reservation.until);
        }
        letGoWhenEmpty();
        return Optional.of(reservation);
    }

    private void expire(Instant now) {
        while (!byEnd.isEmpty() && !byEnd.firstKey().isAfter(now)) {
            byEnd.pollFirstEntry().getValue().keySet().forEach(open::remove);
        }
        letGoWhenEmpty();
    }

    private void letGoWhenEmpty() {
        if (open.isEmpty()) {
            open = Map.of();
            byEnd = Collections.emptyNavigableMap();
        }
    }
}
