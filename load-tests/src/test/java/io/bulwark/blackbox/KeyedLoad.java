package io.bulwark.blackbox;

import io.bulwark.load.client.Caller;
import io.bulwark.load.client.KeyedCalls;
import io.bulwark.load.history.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;

/**
 * Many clients that send every key several times at random moments: half of a key's sends come close together, so that
 * they meet in flight, the others anywhere in the run.
 */
final class KeyedLoad {
    private final KeyedCalls calls;
    private final int clients;
    private final List<String> keys;
    private final List<String> schedule;
    private final Map<Integer, CompletableFuture<Void>> marks = new ConcurrentHashMap<>();

    KeyedLoad(Caller client, String path, History history, int clients, int keys, int sends, long seed) {
        this.calls = new KeyedCalls(client, key -> path + key, history);
        this.clients = clients;
        this.keys = IntStream.range(0, keys).mapToObj(i -> "key-" + i).toList();
        this.schedule = schedule(this.keys, sends, new SplittableRandom(seed));
    }

    List<String> keys() {
        return keys;
    }

    /** Completed when this share of the run, 0 to 1, has been sent. */
    CompletableFuture<Void> reached(double share) {
        return marks.computeIfAbsent((int) (share * (schedule.size() - 1)), index -> new CompletableFuture<>());
    }

    /** Sends the whole schedule, and returns when every call has ended. */
    void run() {
        AtomicInteger next = new AtomicInteger();
        KeyedCalls.inParallel(clients, number -> {
            for (int i = next.getAndIncrement(); i < schedule.size(); i = next.getAndIncrement()) {
                marks.getOrDefault(i, new CompletableFuture<>()).complete(null);
                calls.send(number, schedule.get(i), "wait=2");
            }
        });
    }

    /** Sends every key again until its operation has ended one way or the other, or has been tried too often. */
    void settle() {
        calls.settle(clients, keys);
    }

    private static List<String> schedule(List<String> keys, int sends, SplittableRandom random) {
        int total = keys.size() * sends;
        List<Send> all = new ArrayList<>(total);
        for (String key : keys) {
            int base = random.nextInt(total);
            for (int i = 0; i < sends; i++) {
                int offset = random.nextBoolean() ? random.nextInt(64) : random.nextInt(total);
                all.add(new Send((base + offset) % total, key));
            }
        }
        return all.stream()
                .sorted(Comparator.comparingInt(Send::position))
                .map(Send::key)
                .toList();
    }

    private record Send(int position, String key) {}
}
