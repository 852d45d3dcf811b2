package io.bulwark.blackbox;

import io.bulwark.load.client.Caller;
import io.bulwark.load.client.Reply;
import io.bulwark.load.history.Admissions.Admission;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;

/** A few clients that spend one limit as fast as they can, and note what was admitted. */
final class AcquireLoad {
    private final Caller client;
    private final String path;
    private final int refusalsWhenSpent;
    private final Queue<Admission> admissions = new ConcurrentLinkedQueue<>();
    private final Queue<String> oddities = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refusedInARow = new AtomicInteger();

    /** @param refusalsWhenSpent after so many in a row the clients rest until {@link #expectMore} */
    AcquireLoad(Caller client, String tenant, String limit, int refusalsWhenSpent) {
        this.refusalsWhenSpent = refusalsWhenSpent;
        this.client = client;
        this.path = "/v1/tenants/" + tenant + "/limits/" + limit + "/acquire";
    }

    /** Starts the clients; each goes on until told to stop. */
    void start(int clients, ExecutorService threads, BooleanSupplier stop) {
        IntStream.range(0, clients)
                .forEach(i -> threads.execute(() -> {
                    while (!stop.getAsBoolean()) {
                        acquire();
                        restIfSpent(stop);
                    }
                }));
    }

    /** Tries once. */
    void acquire() {
        long start = System.nanoTime();
        try {
            take(client.post(path, "{\"cost\":1}"), start);
        } catch (UncheckedIOException e) {
            refusedInARow.set(0);
        }
    }

    /** What was admitted, as far as its answer came. */
    List<Admission> admissions() {
        return List.copyOf(admissions);
    }

    /** Answers that are neither 200 nor 429 nor 503. */
    List<String> oddities() {
        return List.copyOf(oddities);
    }

    /** Whether nothing has been admitted for that many tries. */
    boolean isSpent() {
        return refusedInARow.get() >= refusalsWhenSpent;
    }

    /** Forgets earlier refusals and wakes who rests: somebody may be admitted again. */
    synchronized void expectMore() {
        refusedInARow.set(0);
        notifyAll();
    }

    /** Nothing more comes of a limit that is spent, and the machine has other work. */
    private synchronized void restIfSpent(BooleanSupplier stop) {
        while (isSpent() && !stop.getAsBoolean()) {
            try {
                wait();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void take(Reply reply, long start) {
        if (reply.status() == 200 && reply.json().path("allowed").asBoolean()) {
            refusedInARow.set(0);
            admissions.add(new Admission(start, System.nanoTime()));
        } else if (reply.status() == 429) {
            refusedInARow.incrementAndGet();
        } else if (reply.status() != 503) {
            oddities.add(reply.toString());
        }
    }
}
