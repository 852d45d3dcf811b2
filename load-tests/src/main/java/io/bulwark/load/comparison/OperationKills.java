package io.bulwark.load.comparison;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.comparison.Duplicates.Claimed;
import io.bulwark.load.node.Wait;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;

/**
 * Callers who claim and complete while the front and then the store are killed: always two of them for the same keys,
 * and each tries again until it is answered.
 */
final class OperationKills {
    private static final int PAIRS = 8;
    private static final Duration BETWEEN = Duration.ofSeconds(3);
    private static final Duration REST = Duration.ofMillis(50);
    private static final Duration DECIDED_WITHIN = Duration.ofSeconds(60);

    private final BulwarkClient client;
    private final Operations operations;
    private final Queue<Claimed> claims = new ConcurrentLinkedQueue<>();
    private final Set<String> completed = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean stop = new AtomicBoolean();

    /** @param operations whose keys nobody else uses */
    OperationKills(BulwarkClient client, Operations operations) {
        this.client = client;
        this.operations = operations;
    }

    /**
     * What came of it.
     *
     * @param claims answers to claims
     * @param duplicates of work that somebody was told to do
     * @param lost completions that were acknowledged and are not there
     */
    record Outcome(long claims, long completed, long duplicates, long lost) {}

    /** Lets them work, carries out each of the faults in turn, lets them work on, and looks at what is left. */
    Outcome run(List<Runnable> faults) {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, 2 * PAIRS).forEach(i -> threads.execute(() -> work(i / 2)));
            try {
                pause(BETWEEN);
                faults.forEach(fault -> {
                    fault.run();
                    pause(BETWEEN);
                });
            } finally {
                stop.set(true);
            }
        }
        List<Claimed> during = List.copyOf(claims);
        List<Claimed> afterwards = completed.stream().map(this::decided).toList();
        List<Claimed> all = java.util.stream.Stream.concat(during.stream(), afterwards.stream())
                .toList();
        return new Outcome(
                during.size(), completed.size(), Duplicates.count(all), Duplicates.lost(completed, afterwards));
    }

    private void work(int pair) {
        for (long number = pair; !stop.get(); number += PAIRS) {
            Reply reply = answered(operations.path(number) + "/claim", Operations.claim());
            claims.add(new Claimed(operations.path(number), reply.status()));
            if (reply.status() == 201) {
                complete(number, reply.body());
            }
        }
    }

    private void complete(long number, String claimed) {
        String path = operations.path(number);
        if (answered(path + "/complete", Operations.completion(claimed)).status() == 204) {
            completed.add(path);
        }
    }

    private Claimed decided(String path) {
        return new Claimed(path, answered(path + "/claim", Operations.claim()).status());
    }

    /** The first answer that says something about the operation; lost and refused requests are sent again. */
    private Reply answered(String path, String json) {
        long giveUp = System.nanoTime() + DECIDED_WITHIN.toNanos();
        while (true) {
            try {
                Reply reply = client.post(path, json);
                if (reply.status() < 500) {
                    return reply;
                }
            } catch (UncheckedIOException e) {
                // The process is dead or dying; the caller cannot know what became of its request and asks again.
            }
            if (System.nanoTime() - giveUp > 0) {
                throw new IllegalStateException(path + " got no answer within " + DECIDED_WITHIN);
            }
            pause(REST);
        }
    }

    private static void pause(Duration time) {
        Wait.until(System.nanoTime() + time.toNanos());
    }
}
