package io.bulwark.load.history;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.LongStream;

/**
 * What an open circuit promises to somebody who sees only calls and arrivals at a service that never recovers.
 *
 * <p>The guard's circuit is known to be open at the latest when its first answer {@code circuit-open} has come. Calls
 * that begin after that reach the service only as probes: at most as many as the policy allows at a time, and the
 * circuit rests for at least {@code openFor} before the next. A probe that was slow on its way may arrive together with
 * the next ones' beginning, so the check looks at spans of half of {@code openFor}, in which two rounds of probes cannot
 * both have been let through. It holds across every move of the guard.
 *
 * <p>A node that stands in for the guard (its answers are marked as degraded) starts with a closed circuit of its own,
 * so each may trip again; once it has answered {@code circuit-open}, it lets no more than the probes through in the same
 * span. A call whose answer was lost may have been either's, and counts for neither.
 */
public final class Circuits {
    private Circuits() {}

    /** A call that was answered, and when its request reached the service. */
    private record Through(long startNanos, long arrivalNanos) {}

    /**
     * Looks for spans in which more than the probes were let through an open circuit.
     *
     * @param keys those of the calls for one tenant and one service
     * @return a sentence for each span of the kind, by its first arrival
     */
    public static List<String> beyondProbes(History history, Set<String> keys, int probes, Duration openFor) {
        Map<String, List<Call>> calls = history.calls().stream()
                .filter(call -> keys.contains(call.key()))
                .collect(Collectors.groupingBy(Call::key));
        long span = openFor.toNanos() / 2;
        List<String> all = new ArrayList<>(guard(history, only(calls, call -> !isDegraded(call)), probes, span));
        calls.values().stream()
                .flatMap(List::stream)
                .map(Call::node)
                .distinct()
                .forEach(node -> all.addAll(standIn(
                        history,
                        only(calls, call -> isDegraded(call) && call.node().equals(node)),
                        probes,
                        span)));
        return all;
    }

    private static List<String> guard(History history, Map<String, List<Call>> calls, int probes, long span) {
        return openings(calls).min().stream()
                .mapToObj(tripped -> through(history, calls, tripped))
                .flatMap(through ->
                        through.stream().map(first -> crowd(through, first.arrivalNanos(), span, probes, "the guard")))
                .flatMap(Optional::stream)
                .toList();
    }

    private static List<String> standIn(History history, Map<String, List<Call>> calls, int probes, long span) {
        return openings(calls)
                .mapToObj(open -> crowd(through(history, calls, open), open, span, probes, "a node that stood in"))
                .flatMap(Optional::stream)
                .toList();
    }

    /** The keys all of whose calls are of this kind; a lost call is of none. */
    private static Map<String, List<Call>> only(Map<String, List<Call>> calls, Predicate<Call> kind) {
        return calls.entrySet().stream()
                .filter(entry -> entry.getValue().stream()
                        .allMatch(call -> call.meaning() != Ending.Meaning.LOST && kind.test(call)))
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    /** When callers knew that the circuit was open. */
    private static LongStream openings(Map<String, List<Call>> calls) {
        return calls.values().stream()
                .flatMap(List::stream)
                .filter(call -> isOpen(call.ending()))
                .mapToLong(Call::endNanos);
    }

    /** Those of the calls that began after the instant and reached the service. */
    private static List<Through> through(History history, Map<String, List<Call>> calls, long after) {
        return history.arrivals().stream()
                .filter(arrival -> calls.containsKey(arrival.key()))
                .map(arrival ->
                        new Through(firstStart(calls.getOrDefault(arrival.key(), List.of())), arrival.atNanos()))
                .filter(through -> through.startNanos() > after)
                .toList();
    }

    private static long firstStart(List<Call> calls) {
        return calls.stream().mapToLong(Call::startNanos).min().orElseThrow();
    }

    private static Optional<String> crowd(List<Through> through, long from, long span, int probes, String who) {
        long count = through.stream()
                .filter(one -> one.arrivalNanos() - from >= 0 && one.arrivalNanos() - from < span)
                .count();
        return count <= probes
                ? Optional.empty()
                : Optional.of(count + " calls reached the service within " + span / 1_000_000
                        + " ms through the open circuit of " + who + ": expected at most " + probes + " probes");
    }

    private static boolean isDegraded(Call call) {
        return switch (call.ending()) {
            case Ending.Answered answered -> answered.degraded();
            case Ending.Lost lost -> false;
        };
    }

    private static boolean isOpen(Ending ending) {
        return switch (ending) {
            case Ending.Answered answered ->
                answered.problem().filter("circuit-open"::equals).isPresent();
            case Ending.Lost lost -> false;
        };
    }
}
