package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.RETENTION;
import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static io.bulwark.persistence.ledger.LedgerFixture.wish;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.schema.Migrations;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Claims and completes as many operations as it can, some hundreds at a time, and prints rates and times for several
 * lanes and batches. Not a test: run {@code main} on a quiet machine, with the module's folder as working directory.
 */
public final class LedgerBenchmark {
    private static final int OPERATIONS = 60_000;
    private static final Answer ANSWER = answer("x".repeat(300));

    private LedgerBenchmark() {}

    /** @param arguments operations in flight; 400 unless given */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        int inFlight = arguments.length == 0 ? 400 : Integer.parseInt(arguments[0]);
        EmbeddedPostgres server = Servers.start(Files.createTempDirectory("bulwark-benchmark-"));
        Database database = Database.of(server);
        try (var pool = database.pool("benchmark", 1)) {
            new Migrations(pool).up();
        }
        int[][] shapes = {{1, 200}, {2, 50}, {2, 200}, {4, 50}, {4, 200}, {8, 50}};
        for (int round = 0; round < 2; round++) {
            for (int[] shape : shapes) {
                run(server, shape[0], shape[1], inFlight, System.out);
            }
        }
        server.close();
    }

    private static void run(EmbeddedPostgres server, int lanes, int batchMax, int inFlight, PrintStream out)
            throws InterruptedException {
        try (PostgresLedger ledger =
                LedgerFixture.open(Database.of(server), LedgerSettings.DEFAULT.with(lanes, batchMax, 2_000))) {
            AtomicLong[] claimNanos = new AtomicLong[OPERATIONS];
            Arrays.setAll(claimNanos, i -> new AtomicLong());
            Semaphore places = new Semaphore(inFlight);
            AtomicInteger failed = new AtomicInteger();
            String prefix = lanes + "-" + batchMax + "-" + System.nanoTime() + "-";
            Duration clientBefore = cpu(ProcessHandle.current());
            Duration serverBefore = serverCpu(server);
            long start = System.nanoTime();
            for (int i = 0; i < OPERATIONS; i++) {
                places.acquire();
                one(ledger, id(prefix + i), claimNanos[i]).whenComplete((verdict, failure) -> {
                    failed.addAndGet(verdict instanceof SettleVerdict.Settled ? 0 : 1);
                    places.release();
                });
            }
            places.acquire(inFlight);
            double seconds = (System.nanoTime() - start) / 1e9;
            long[] sorted = Arrays.stream(claimNanos)
                    .mapToLong(AtomicLong::get)
                    .sorted()
                    .toArray();
            long clientNanos = cpu(ProcessHandle.current()).minus(clientBefore).toNanos();
            long serverNanos = serverCpu(server).minus(serverBefore).toNanos();
            out.println(lanes + " lanes of " + batchMax + ": " + Math.round(OPERATIONS / seconds)
                    + " claim+complete/s, claim p50 " + sorted[OPERATIONS / 2] / 1_000 + " us, p99 "
                    + sorted[OPERATIONS / 100 * 99] / 1_000 + " us, " + failed + " failed, operations per commit "
                    + 2 * OPERATIONS / Math.max(1, ledger.metrics().commits()) + ", CPU for one claim+complete: client "
                    + clientNanos / OPERATIONS / 1_000 + " us, server " + serverNanos / OPERATIONS / 1_000 + " us");
        }
    }

    /** Of the processes that run now; meaningful also on a machine that is busy with something else. */
    private static Duration serverCpu(EmbeddedPostgres server) {
        return ProcessHandle.of(server.pid()).stream()
                .flatMap(ProcessHandle::descendants)
                .map(LedgerBenchmark::cpu)
                .reduce(Duration.ZERO, Duration::plus);
    }

    private static Duration cpu(ProcessHandle process) {
        return process.info().totalCpuDuration().orElse(Duration.ZERO);
    }

    private static CompletionStage<SettleVerdict> one(PostgresLedger ledger, OperationId id, AtomicLong claimNanos) {
        long start = System.nanoTime();
        return ledger.claim(wish(id)).thenCompose(verdict -> {
            claimNanos.set(System.nanoTime() - start);
            return ledger.complete(id, ((ClaimVerdict.Claimed) verdict).token(), ANSWER, RETENTION);
        });
    }
}
