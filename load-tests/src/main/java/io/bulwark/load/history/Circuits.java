package io.bulwark.load.history;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What an open circuit promises to somebody who sees only calls and arrivals at a service that never recovers.
 *
 * <p>The trip is known at the latest when the first answer {@code circuit-open} has come. Calls that begin after that
 * reach the service only as probes: at most as many as the policy allows at a time, and the circuit rests for at least
 * {@code openFor} before the next. A probe that was slow on its way may arrive together with the next ones' beginning,
 * so the check looks at spans of half of {@code openFor}, in which two rounds of probes cannot both have been let
 * through.
 */
public final class Circuits {
    private Circuits() {}

    /**
     * Looks for spans in which more than the probes were let through after the trip.
     *
     * @param keys those of the calls for one tenant and one service
     * @return a sentence for each span of the kind, by its first arrival
     */
    public static List<String> beyondProbes(History history, Set<String> keys, int probes, Duration openFor) {
        OptionalLong tripped = history.calls().stream()
                .filter(call -> keys.contains(call.key()) && isOpen(call.ending()))
                .mapToLong(Call::endNanos)
                .min();
        return tripped.isEmpty()
                ? List.of()
                : crowded(throughAfter(history, keys, tripped.getAsLong()), probes, openFor);
    }

    /** Arrival times, sorted, of the calls that began after the trip. */
    private static long[] throughAfter(History history, Set<String> keys, long tripped) {
        Map<String, Long> starts = history.calls().stream()
                .filter(call -> keys.contains(call.key()))
                .collect(Collectors.toMap(Call::key, Call::startNanos, Math::min, TreeMap::new));
        return history.arrivals().stream()
                .filter(arrival -> starts.getOrDefault(arrival.key(), Long.MIN_VALUE) > tripped)
                .mapToLong(Arrival::atNanos)
                .sorted()
                .toArray();
    }

    private static List<String> crowded(long[] arrivals, int probes, Duration openFor) {
        long span = openFor.toNanos() / 2;
        return Arrays.stream(arrivals)
                .mapToObj(from -> crowd(arrivals, from, span, probes))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> crowd(long[] arrivals, long from, long span, int probes) {
        long count = Arrays.stream(arrivals)
                .filter(at -> at - from >= 0 && at - from < span)
                .count();
        return count <= probes
                ? Optional.empty()
                : Optional.of(count + " calls reached the service within " + span / 1_000_000
                        + " ms after the circuit had opened: expected at most " + probes + " probes");
    }

    private static boolean isOpen(Ending ending) {
        return switch (ending) {
            case Ending.Answered answered ->
                answered.problem().filter("circuit-open"::equals).isPresent();
            case Ending.Lost lost -> false;
        };
    }
}
