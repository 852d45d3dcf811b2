package io.bulwark.blackbox;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.history.History;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Many clients that send every key several times at random moments: half of a key's sends come close together, so that
 * they meet in flight, the others anywhere in the run.
 */
final class KeyedLoad {
    private static final int TRIES_AT_THE_END = 20;

    private final BulwarkClient client;
    private final String path;
    private final History history;
    private final int clients;
    private final List<String> keys;
    private final List<String> schedule;
    private final Map<Integer, CompletableFuture<Void>> marks = new ConcurrentHashMap<>();

    KeyedLoad(BulwarkClient client, String path, History history, int clients, int keys, int sends, long seed) {
        this.client = client;
        this.path = path;
        this.history = history;
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
        inParallel(number -> {
            for (int i = next.getAndIncrement(); i < schedule.size(); i = next.getAndIncrement()) {
                marks.getOrDefault(i, new CompletableFuture<>()).complete(null);
                send(number, schedule.get(i), "wait=2");
            }
        });
    }

    /** Sends every key again until its operation has ended one way or the other, or has been tried too often. */
    void settle() {
        AtomicInteger next = new AtomicInteger();
        inParallel(number -> {
            for (int i = next.getAndIncrement(); i < keys.size(); i = next.getAndIncrement()) {
                settle(number, keys.get(i));
            }
        });
    }

    private void settle(int number, String key) {
        Set<Meaning> ends = Set.of(Meaning.RECORDED, Meaning.UNKNOWN);
        Meaning meaning = Meaning.LOST;
        for (int tries = 0; tries < TRIES_AT_THE_END && !ends.contains(meaning); tries++) {
            meaning = send(number, key, "wait=5").meaning();
        }
    }

    private Call send(int number, String key, String prefer) {
        Call call = client.call(number, path + key, key, "{\"amount\":1}", "Prefer", prefer);
        history.add(call);
        return call;
    }

    private void inParallel(IntConsumer work) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            IntStream.range(0, clients).forEach(number -> running.add(threads.submit(() -> work.accept(number))));
            running.forEach(KeyedLoad::join);
        }
    }

    private static void join(Future<?> future) {
        try {
            future.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while clients were at work", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("A client failed", e);
        }
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
