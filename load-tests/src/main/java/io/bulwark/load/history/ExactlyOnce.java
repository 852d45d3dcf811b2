package io.bulwark.load.history;

import io.bulwark.load.history.Ending.Answered;
import io.bulwark.load.history.Ending.Meaning;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What exactly-once means to somebody who sees only calls and executions.
 *
 * <p>An operation executes at most once: of the requests with one key that reach the service, all but the last were
 * refused by the service in words that the record rule releases (429 or 503). A connection that the service never
 * accepted is no arrival. An arrival that the service left open counts as an execution, since no caller can rule it
 * out.
 */
public final class ExactlyOnce {
    private ExactlyOnce() {}

    /** All of the checks below, for a run that sent each of these keys until it got a final ending. */
    public static List<String> violations(History history, Collection<String> keys) {
        return Stream.of(
                        atMostOneExecution(),
                        oneAnswerForEachKey(),
                        noAnswerIsInvented(),
                        whatIsRecordedStaysRecorded(),
                        unknownIsExplained(),
                        everyAnswerIsDocumented(),
                        noKeyIsLost(keys))
                .flatMap(check -> check.violations(history).stream())
                .toList();
    }

    /** After an arrival that was not refused, no other arrival of its key. */
    public static Check atMostOneExecution() {
        return history -> history.arrivalsByKey().entrySet().stream()
                .filter(entry -> entry.getValue().stream()
                        .limit(entry.getValue().size() - 1L)
                        .anyMatch(Arrival::countsAsExecution))
                .map(entry -> "The key " + entry.getKey() + " reached the service again after it may have been"
                        + " executed: " + entry.getValue())
                .toList();
    }

    /** All recorded answers of a key are the same bytes, and at most one of them is not marked as a replay. */
    public static Check oneAnswerForEachKey() {
        return history -> recordedByKey(history).entrySet().stream()
                .filter(entry -> isManyFold(entry.getValue()))
                .map(entry -> "The key " + entry.getKey() + " got different answers, or two firsts: "
                        + Set.copyOf(entry.getValue()))
                .toList();
    }

    /** Each recorded answer is one that the service gave to this key. */
    public static Check noAnswerIsInvented() {
        return history -> {
            Map<String, List<Arrival>> arrivals = history.arrivalsByKey();
            return history.calls().stream()
                    .filter(call -> call.meaning() == Meaning.RECORDED)
                    .filter(call -> arrivals.getOrDefault(call.key(), List.of()).stream()
                            .noneMatch(arrival -> arrival.body().equals(bodyOf(call))))
                    .map(call -> "No arrival of the key gave the answer of " + call)
                    .toList();
        };
    }

    /**
     * A call that starts after a recorded answer was seen gets it too, or nothing, or is told to come again; that the
     * key is in flight it may be told only while another call with the key is under way, even if that is a replay.
     */
    public static Check whatIsRecordedStaysRecorded() {
        Set<Meaning> allowed = Set.of(Meaning.RECORDED, Meaning.LOST, Meaning.NOT_DONE);
        return history -> history.callsByKey().values().stream()
                .flatMap(calls -> calls.stream().filter(call -> call.meaning() == Meaning.RECORDED).findFirst().stream()
                        .flatMap(first -> calls.stream()
                                .filter(call -> call.startNanos() > first.endNanos())
                                .filter(call -> !allowed.contains(call.meaning()) && !meets(call, calls))
                                .map(call -> "After " + first + " came " + call)))
                .toList();
    }

    private static boolean meets(Call call, List<Call> calls) {
        return call.meaning() == Meaning.IN_FLIGHT
                && calls.stream()
                        .anyMatch(other -> !other.equals(call)
                                && other.startNanos() <= call.endNanos()
                                && other.endNanos() >= call.startNanos());
    }

    /**
     * A key that ends as unknown was left open by the service, or timed out, or was under way when the node was
     * killed.
     */
    public static Check unknownIsExplained() {
        return history -> {
            Map<String, List<Arrival>> arrivals = history.arrivalsByKey();
            return history.callsByKey().entrySet().stream()
                    .filter(entry -> entry.getValue().getLast().meaning() == Meaning.UNKNOWN)
                    .filter(entry -> !wasLeftOpen(arrivals.getOrDefault(entry.getKey(), List.of()), entry.getValue()))
                    .filter(entry -> !wasUnderWay(history.faults(), entry.getValue()))
                    .map(entry -> "Nothing explains that " + entry.getKey() + " ended as unknown: " + entry.getValue())
                    .toList();
        };
    }

    /** No call ends in a way that the contract does not have. */
    public static Check everyAnswerIsDocumented() {
        return history -> history.calls().stream()
                .filter(call -> call.meaning() == Meaning.UNDOCUMENTED)
                .map(call -> "The contract does not have the answer of " + call)
                .toList();
    }

    /** The last call of every key says how its operation ended. */
    public static Check noKeyIsLost(Collection<String> keys) {
        Set<Meaning> ends = Set.of(Meaning.RECORDED, Meaning.UNKNOWN);
        return history -> {
            Map<String, Meaning> last = new HashMap<>();
            history.calls().forEach(call -> last.put(call.key(), call.meaning()));
            return new TreeSet<>(keys)
                    .stream()
                            .filter(key -> !last.containsKey(key) || !ends.contains(last.get(key)))
                            .map(key -> "The key " + key + " ended as " + Objects.toString(last.get(key), "never sent"))
                            .toList();
        };
    }

    private static Map<String, List<Answered>> recordedByKey(History history) {
        return history.calls().stream()
                .filter(call -> call.meaning() == Meaning.RECORDED)
                .collect(Collectors.groupingBy(
                        Call::key, Collectors.mapping(call -> (Answered) call.ending(), Collectors.toList())));
    }

    private static boolean isManyFold(List<Answered> answers) {
        long firsts = answers.stream().filter(answer -> !answer.replayed()).count();
        long contents = answers.stream()
                .map(answer -> answer.status() + " " + answer.body())
                .distinct()
                .count();
        return firsts > 1 || contents > 1;
    }

    private static String bodyOf(Call call) {
        return switch (call.ending()) {
            case Answered answered -> answered.body();
            case Ending.Lost lost -> lost.why();
        };
    }

    private static boolean wasLeftOpen(List<Arrival> arrivals, List<Call> calls) {
        return arrivals.stream().anyMatch(arrival -> arrival.done() == Arrival.Done.LEFT_OPEN)
                || calls.stream().anyMatch(call -> timedOut(call.ending()));
    }

    private static boolean timedOut(Ending ending) {
        Optional<String> problem = switch (ending) {
            case Answered answered -> answered.problem();
            case Ending.Lost lost -> Optional.empty();
        };
        return problem.filter(Set.of("service-timeout", "service-broke-off")::contains)
                .isPresent();
    }

    private static boolean wasUnderWay(List<History.Fault> faults, List<Call> calls) {
        List<Call> lost = new ArrayList<>(calls);
        lost.removeIf(call -> call.meaning() != Meaning.LOST);
        return faults.stream()
                .anyMatch(fault -> lost.stream()
                        .anyMatch(call ->
                                call.startNanos() <= fault.untilNanos() && call.endNanos() >= fault.fromNanos()));
    }
}
