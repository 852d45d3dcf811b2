package io.bulwark.load.comparison;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.node.Wait;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/** A few callers at an even pace, who remember every answer. */
final class Callers implements AutoCloseable {
    private static final Duration ANSWER_WITHIN = Duration.ofSeconds(10);
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final List<BulwarkClient> clients;
    private final String path;
    private final Queue<Seen> seen = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean stop = new AtomicBoolean();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    /**
     * An answer.
     *
     * @param atNanos when it came, by {@link System#nanoTime}
     * @param status 0 when no answer came
     */
    record Seen(int caller, long atNanos, int status) {}

    private Callers(List<BulwarkClient> clients, String path) {
        this.clients = clients;
        this.path = path;
    }

    /**
     * Starts them.
     *
     * @param perSecond of each, evenly; a slow answer delays its caller's next call
     * @param addresses in turn
     */
    static Callers start(int count, int perSecond, List<InetSocketAddress> addresses, String path, String token) {
        List<BulwarkClient> clients = IntStream.range(0, count)
                .mapToObj(i -> client(addresses.get(i % addresses.size()), token))
                .toList();
        Callers callers = new Callers(clients, path);
        long begin = System.nanoTime();
        IntStream.range(0, count).forEach(i -> callers.threads.execute(() -> callers.go(i, perSecond, begin)));
        return callers;
    }

    /** Waits until each caller has had an answer with this status since then, and returns when the last had it. */
    long awaitEach(int status, long sinceNanos, Duration within) {
        Wait.until(
                "each caller has seen " + status,
                within,
                () -> IntStream.range(0, clients.size())
                        .allMatch(i -> firsts(i, status, sinceNanos).findFirst().isPresent()),
                () -> statuses(sinceNanos));
        return IntStream.range(0, clients.size())
                .mapToLong(i -> firsts(i, status, sinceNanos).min().orElseThrow())
                .max()
                .orElseThrow();
    }

    /** Waits until all callers together have had so many answers with this status since then. */
    void awaitAll(int status, long sinceNanos, long answers, Duration within) {
        Wait.until(
                answers + " answers with " + status,
                within,
                () -> count(status, sinceNanos, System.nanoTime()) >= answers,
                () -> statuses(sinceNanos));
    }

    /** How many answers with this status came from the first moment on and before the second. */
    long count(int status, long sinceNanos, long untilNanos) {
        return seen.stream()
                .filter(one -> one.status() == status)
                .filter(one -> one.atNanos() >= sinceNanos && one.atNanos() < untilNanos)
                .count();
    }

    @Override
    public void close() {
        stop.set(true);
        threads.close();
        clients.forEach(BulwarkClient::close);
    }

    private java.util.stream.LongStream firsts(int caller, int status, long sinceNanos) {
        return seen.stream()
                .filter(one -> one.caller() == caller && one.status() == status && one.atNanos() >= sinceNanos)
                .mapToLong(Seen::atNanos);
    }

    private String statuses(long sinceNanos) {
        return seen.stream()
                .filter(one -> one.atNanos() >= sinceNanos)
                .map(one -> one.caller() + ":" + one.status())
                .toList()
                .toString();
    }

    private void go(int caller, int perSecond, long beginNanos) {
        for (int i = 0; !stop.get(); i++) {
            int status = call(clients.get(caller));
            seen.add(new Seen(caller, System.nanoTime(), status));
            Wait.until(beginNanos + (i + 1) * SECOND_NANOS / perSecond);
        }
    }

    private int call(BulwarkClient client) {
        try {
            return client.get(path).status();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }

    private static BulwarkClient client(InetSocketAddress address, String token) {
        URI uri = URI.create("http://127.0.0.1:" + address.getPort());
        return new BulwarkClient("", () -> uri, token, ANSWER_WITHIN);
    }
}
