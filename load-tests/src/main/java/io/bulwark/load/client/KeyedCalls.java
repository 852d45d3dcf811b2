package io.bulwark.load.client;

import io.bulwark.load.history.Call;
import io.bulwark.load.history.Ending.Meaning;
import io.bulwark.load.history.History;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/** Sends keys and notes how that ended. */
public final class KeyedCalls {
    private static final int TRIES_AT_THE_END = 20;

    private final Caller caller;
    private final UnaryOperator<String> pathOf;
    private final History history;

    /** @param pathOf where the call with a key goes */
    public KeyedCalls(Caller caller, UnaryOperator<String> pathOf, History history) {
        this.caller = caller;
        this.pathOf = pathOf;
        this.history = history;
    }

    /** Sends a key once. */
    public Call send(int number, String key, String prefer) {
        Call call = caller.call(number, pathOf.apply(key), key, "{\"amount\":1}", "Prefer", prefer);
        history.add(call);
        return call;
    }

    /** Sends each of the keys again until its operation has ended one way or the other, or has been tried too often. */
    public void settle(int clients, List<String> keys) {
        AtomicInteger next = new AtomicInteger();
        inParallel(clients, number -> {
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

    /** Runs the work of so many clients, and returns when all are done. */
    public static void inParallel(int clients, IntConsumer work) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> running = new ArrayList<>();
            IntStream.range(0, clients).forEach(number -> running.add(threads.submit(() -> work.accept(number))));
            running.forEach(KeyedCalls::join);
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
}
