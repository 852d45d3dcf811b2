package io.bulwark.load.history;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What one coordinator at a time means to somebody who only writes and reads what it keeps, through any node: two
 * coordinators whose terms overlap with effects would acknowledge one version twice, or let a version go back.
 */
public final class Versions {
    private final Queue<Put> puts = new ConcurrentLinkedQueue<>();
    private final Queue<Shown> reads = new ConcurrentLinkedQueue<>();

    /** A version that was acknowledged to who wrote this content. */
    public record Put(String resource, String node, long startNanos, long endNanos, long version, String content) {}

    /** A version as a node showed it. */
    public record Shown(String resource, String node, long startNanos, long endNanos, long version, String content) {}

    /** Takes an acknowledged write. */
    public void add(Put put) {
        puts.add(put);
    }

    /** Takes a read. */
    public void add(Shown shown) {
        reads.add(shown);
    }

    /** How many writes were acknowledged. */
    public int acknowledged() {
        return puts.size();
    }

    /** All of the checks below; a sentence for each place where one is broken. */
    public List<String> violations() {
        return Stream.of(
                        noVersionTwice(),
                        versionsGrow(),
                        whatWasAcknowledgedIsShown(),
                        noNodeGoesBack(),
                        nothingAcknowledgedIsLost())
                .flatMap(List::stream)
                .toList();
    }

    /** No version of a resource was acknowledged to two writers. */
    public List<String> noVersionTwice() {
        return grouped(puts.stream(), put -> put.resource() + " version " + put.version()).entrySet().stream()
                .filter(entry -> entry.getValue().size() > 1)
                .map(entry -> entry.getKey() + " was acknowledged more than once: " + entry.getValue())
                .toList();
    }

    /** A write that began after another was acknowledged has a higher version. */
    public List<String> versionsGrow() {
        return grouped(puts.stream(), Put::resource).values().stream()
                .flatMap(of -> of.stream()
                        .flatMap(later -> of.stream()
                                .filter(earlier ->
                                        earlier.endNanos() < later.startNanos() && earlier.version() >= later.version())
                                .map(earlier -> "After " + earlier + " came " + later)))
                .toList();
    }

    /** A version that was acknowledged is shown with the content that was acknowledged, and with no other. */
    public List<String> whatWasAcknowledgedIsShown() {
        Map<String, String> contents = puts.stream()
                .collect(Collectors.toMap(put -> put.resource() + " " + put.version(), Put::content, (a, b) -> a));
        return reads.stream()
                .filter(shown -> !contents.getOrDefault(shown.resource() + " " + shown.version(), shown.content())
                        .equals(shown.content()))
                .map(shown -> "Another content was acknowledged for the version of " + shown)
                .toList();
    }

    /** Reads of a resource at one node, one after the other, never show an earlier version. */
    public List<String> noNodeGoesBack() {
        return grouped(reads.stream(), shown -> shown.resource() + " at " + shown.node()).values().stream()
                .flatMap(of -> of.stream()
                        .flatMap(later -> of.stream()
                                .filter(earlier ->
                                        earlier.endNanos() < later.startNanos() && earlier.version() > later.version())
                                .map(earlier -> "After " + earlier + " was shown " + later)))
                .toList();
    }

    /**
     * The highest acknowledged version of each resource is the one that is shown at the end, or a later one whose
     * acknowledgement was lost.
     */
    public List<String> nothingAcknowledgedIsLost() {
        Map<String, Shown> last = reads.stream()
                .collect(Collectors.toMap(
                        Shown::resource, Function.identity(), (a, b) -> a.endNanos() > b.endNanos() ? a : b));
        return grouped(puts.stream(), Put::resource).values().stream()
                .map(of ->
                        of.stream().max(Comparator.comparingLong(Put::version)).orElseThrow())
                .filter(put -> !last.containsKey(put.resource())
                        || last.get(put.resource()).version() < put.version())
                .map(put -> put + " was acknowledged and is not shown: " + last.get(put.resource()))
                .toList();
    }

    private static <T> Map<String, List<T>> grouped(Stream<T> items, Function<T, String> by) {
        return items.collect(Collectors.groupingBy(by));
    }
}
