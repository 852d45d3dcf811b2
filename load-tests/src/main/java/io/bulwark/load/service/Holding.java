package io.bulwark.load.service;

import io.bulwark.load.history.History;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;

/**
 * A service in a process of its own that answers nobody before so many have come, and then all of them: what it says it
 * held was in flight at the same moment. In its own process, because its sockets and those of the callers together are
 * more than a process may usually have.
 */
public final class Holding {
    /** The line that says where it listens. */
    public static final Pattern LISTENS = Pattern.compile("listens on (http://\\S+)");

    /** The line that says how many it held when it began to answer. */
    public static final Pattern HELD = Pattern.compile("held (\\d+)");

    private final CompletableFuture<Integer> held = new CompletableFuture<>();
    private final AtomicInteger arrived = new AtomicInteger();
    private final int calls;

    private Holding(int calls) {
        this.calls = calls;
    }

    /**
     * Serves until it is killed.
     *
     * @param arguments how many it waits for; and after how many seconds it answers those that have come
     */
    public static void main(String... arguments) throws InterruptedException {
        Holding holding = new Holding(Integer.parseInt(arguments[0]));
        try (ExecutionCountingService service = holding.start(Duration.ofSeconds(Long.parseLong(arguments[1])))) {
            System.out.println("listens on " + service.address());
            System.out.println("held " + holding.held.join());
            new CountDownLatch(1).await();
        }
    }

    private ExecutionCountingService start(Duration atMost) {
        CompletableFuture.delayedExecutor(atMost.toMillis(), TimeUnit.MILLISECONDS)
                .execute(() -> held.complete(arrived.get()));
        return ExecutionCountingService.start(
                (request, key, earlier) -> {
                    if (arrived.incrementAndGet() == calls) {
                        held.complete(calls);
                    }
                    CompletableFuture<Void> gate = held.thenAccept(none -> {});
                    return new Behaviour.After(gate, new Behaviour.Answer(201));
                },
                new History());
    }
}
