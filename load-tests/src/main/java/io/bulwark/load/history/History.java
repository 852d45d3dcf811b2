package io.bulwark.load.history;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Everything that was seen in a run, written by many threads and read when it is over. */
public final class History {
    private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Queue<Arrival> arrivals = new ConcurrentLinkedQueue<>();
    private final Queue<Fault> faults = new ConcurrentLinkedQueue<>();

    /** A fault that was put in: when it began, when it was taken back, and when all was as before. */
    public record Fault(String what, long fromNanos, long endedNanos, long untilNanos) {
        /** One that is over when all is as before. */
        public Fault(String what, long fromNanos, long untilNanos) {
            this(what, fromNanos, untilNanos, untilNanos);
        }
    }

    /** Takes a call. */
    public void add(Call call) {
        calls.add(call);
    }

    /** Takes an arrival. */
    public void add(Arrival arrival) {
        arrivals.add(arrival);
    }

    /** Takes a fault. */
    public void add(Fault fault) {
        faults.add(fault);
    }

    /** Calls in the order of their ends. */
    public List<Call> calls() {
        return calls.stream().sorted(Comparator.comparingLong(Call::endNanos)).toList();
    }

    /** Arrivals in the order in which the service saw them. */
    public List<Arrival> arrivals() {
        return arrivals.stream()
                .sorted(Comparator.comparingLong(Arrival::number))
                .toList();
    }

    /** Faults in the order in which they began. */
    public List<Fault> faults() {
        return faults.stream()
                .sorted(Comparator.comparingLong(Fault::fromNanos))
                .toList();
    }

    /** Calls of each key, in the order of their ends. */
    public Map<String, List<Call>> callsByKey() {
        return calls().stream().collect(Collectors.groupingBy(Call::key));
    }

    /** Arrivals of each key, in order. */
    public Map<String, List<Arrival>> arrivalsByKey() {
        return arrivals().stream().collect(Collectors.groupingBy(Arrival::key));
    }

    /** How many calls ended with each meaning, for a line of print. */
    public Map<Ending.Meaning, Long> summary() {
        return calls.stream().collect(Collectors.groupingBy(Call::meaning, Collectors.counting()));
    }

    /** Writes all of it to a file, one line each, for whoever has to find out what went wrong. */
    public Path writeTo(Path file) {
        List<String> lines = Stream.<List<?>>of(faults(), arrivals(), calls())
                .flatMap(List::stream)
                .map(String::valueOf)
                .toList();
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            return Files.write(file, lines);
        } catch (IOException e) {
            throw new UncheckedIOException("The history could not be kept in " + file, e);
        }
    }
}
