package io.bulwark.load.history;

import io.bulwark.load.history.Ending.Meaning;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * How much a fault was noticed by those who called from its beginning until all was as before. An answer is correct
 * when it is the operation's recorded one, or the service's own refusal.
 *
 * @param calls that touched that time
 * @param failed of them, by what their ending meant
 * @param longestGap the longest time without a correct answer that the callers of one tenant had
 * @param firstCorrect from the fault's beginning until the last tenant had a correct answer to a call that began after
 *     it: the resolution is the time between two calls of a tenant
 * @param guardedAgain from the fault's beginning until the last answer that was marked as given without a guard, to
 *     calls that began before the fault ended: when it is over guards move again
 * @param degradedAfter how many answers were marked so to calls that began after the fault ended
 * @param whole from the fault's beginning until all was as before
 */
public record Availability(
        long calls,
        Map<Meaning, Long> failed,
        Duration longestGap,
        Duration firstCorrect,
        Duration guardedAgain,
        long degradedAfter,
        Duration whole) {
    public Availability {
        failed = Map.copyOf(failed);
    }

    /**
     * Reads it off a history.
     *
     * @param tenantOf whom a call was made for
     */
    public static Availability of(History history, History.Fault fault, Function<Call, String> tenantOf) {
        List<Call> during = history.calls().stream()
                .filter(call -> call.endNanos() >= fault.fromNanos() && call.startNanos() <= fault.untilNanos())
                .toList();
        Map<String, List<Call>> byTenant = during.stream().collect(Collectors.groupingBy(tenantOf));
        return new Availability(
                during.size(),
                during.stream()
                        .filter(call -> !isCorrect(call))
                        .collect(Collectors.groupingBy(Call::meaning, Collectors.counting())),
                longest(byTenant, calls -> longestGap(calls, fault)),
                longest(byTenant, calls -> firstCorrect(calls, fault)),
                guardedAgain(during, fault),
                during.stream()
                        .filter(call -> isDegraded(call) && call.startNanos() >= fault.endedNanos())
                        .count(),
                Duration.ofNanos(fault.untilNanos() - fault.fromNanos()));
    }

    /** How many calls failed, however they did. */
    public long failures() {
        return failed.values().stream().mapToLong(Long::longValue).sum();
    }

    private static boolean isCorrect(Call call) {
        return call.meaning() == Meaning.RECORDED || call.meaning() == Meaning.RELEASED;
    }

    private static Duration longest(Map<String, List<Call>> byTenant, Function<List<Call>, Duration> time) {
        return byTenant.values().stream()
                .map(time)
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private static Duration longestGap(List<Call> calls, History.Fault fault) {
        long longest = 0;
        long last = fault.fromNanos();
        for (Call call : calls) {
            if (isCorrect(call)) {
                longest = Math.max(longest, call.endNanos() - last);
                last = call.endNanos();
            }
        }
        return Duration.ofNanos(Math.max(longest, fault.untilNanos() - last));
    }

    /** As long as the fault lasted when there was none. */
    private static Duration firstCorrect(List<Call> calls, History.Fault fault) {
        return calls.stream()
                .filter(call -> call.startNanos() >= fault.fromNanos() && isCorrect(call))
                .findFirst()
                .map(call -> Duration.ofNanos(call.endNanos() - fault.fromNanos()))
                .orElse(Duration.ofNanos(fault.untilNanos() - fault.fromNanos()));
    }

    private static Duration guardedAgain(List<Call> calls, History.Fault fault) {
        return calls.stream()
                .filter(call -> isDegraded(call) && call.startNanos() < fault.endedNanos())
                .map(call -> Duration.ofNanos(call.endNanos() - fault.fromNanos()))
                .max(Comparator.naturalOrder())
                .orElse(Duration.ZERO);
    }

    private static boolean isDegraded(Call call) {
        return switch (call.ending()) {
            case Ending.Answered answered -> answered.degraded();
            case Ending.Lost lost -> false;
        };
    }

    /** One line for who reads the run's output; times in milliseconds. */
    public String line() {
        return calls + " calls, " + failures() + " failed " + failed + ", longest gap of a tenant "
                + longestGap.toMillis() + " ms, every tenant answered after " + firstCorrect.toMillis()
                + " ms, guarded again after " + guardedAgain.toMillis() + " ms, " + degradedAfter
                + " answers without the guard after the fault's end, whole after " + whole.toMillis() + " ms";
    }
}
