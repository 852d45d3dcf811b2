package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.RETENTION;
import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.get;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static io.bulwark.persistence.ledger.LedgerFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.schema.Migrations;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The server is killed while callers claim, execute and complete; what they were told must stay true. */
class LedgerCrashTest {
    private static final int CALLERS = 48;
    private static final int KEYS = 1_500;
    private static final int KILLS = 3;

    @TempDir
    Path directory;

    private final Map<OperationId, AtomicInteger> executions = new ConcurrentHashMap<>();
    private final Map<OperationId, Answer> acknowledged = new ConcurrentHashMap<>();
    private final Set<Long> tokens = ConcurrentHashMap.newKeySet();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger refused = new AtomicInteger();
    private final AtomicInteger next = new AtomicInteger();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {101, 202})
    void killedServer_changesNoVerdict(long seed) throws Exception {
        try (EmbeddedPostgres server = Servers.start(directory)) {
            Database database = Database.of(server);
            try (var pool = database.pool("test", 1)) {
                new Migrations(pool).up();
            }
            LedgerSettings settings = LedgerSettings.DEFAULT
                    .with(3, 20, 500)
                    .with(Duration.ofSeconds(3), Duration.ofMinutes(2), Duration.ofDays(1));
            try (PostgresLedger ledger = LedgerFixture.open(database, settings)) {
                load(seed, server, ledger);
                check(ledger);
            }
        }
    }

    private void load(long seed, EmbeddedPostgres server, PostgresLedger ledger) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        List<CountDownLatch> moments = new ArrayList<>();
        for (int i = 0; i < KILLS; i++) {
            moments.add(new CountDownLatch(KEYS / (KILLS + 1) * i + 50 + random.nextInt(KEYS / (KILLS + 1) - 50)));
        }
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < CALLERS; i++) {
                callers.add(CompletableFuture.runAsync(() -> call(ledger, moments), executor));
            }
            for (CountDownLatch moment : moments) {
                assertThat(moment.await(120, TimeUnit.SECONDS)).isTrue();
                Servers.kill(server);
            }
            CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).get(180, TimeUnit.SECONDS);
        }
    }

    private void call(PostgresLedger ledger, List<CountDownLatch> moments) {
        for (int key = next.getAndIncrement(); key < KEYS; key = next.getAndIncrement()) {
            untilCompleted(ledger, id("crash-" + key));
            moments.forEach(CountDownLatch::countDown);
        }
    }

    private void untilCompleted(PostgresLedger ledger, OperationId id) {
        for (boolean completed = false; !completed; ) {
            switch (get(ledger.claim(wish(id)))) {
                case ClaimVerdict.Claimed(long token, var _) -> execute(ledger, id, token);
                case ClaimVerdict.Completed(Answer answer) -> {
                    if (!answer.equals(acknowledged.get(id))) {
                        wrong.add(id + ": replayed " + answer + " instead of " + acknowledged.get(id));
                    }
                    completed = true;
                }
                // After an outage the withdrawal of a claim in doubt may still be on its way.
                case ClaimVerdict.Unavailable _, ClaimVerdict.InProgress _ -> {
                    refused.incrementAndGet();
                    LockSupport.parkNanos(5_000_000);
                }
                case ClaimVerdict.Unknown verdict -> wrong.add(id + " " + verdict);
                case ClaimVerdict.Mismatch verdict -> wrong.add(id + " " + verdict);
            }
        }
    }

    private void execute(PostgresLedger ledger, OperationId id, long token) {
        if (!tokens.add(token)) {
            wrong.add(id + ": the token " + token + " was given twice");
        }
        executions.computeIfAbsent(id, absent -> new AtomicInteger()).incrementAndGet();
        Answer answer = answer(id + " under " + token);
        acknowledged.put(id, answer);
        SettleVerdict verdict = get(ledger.complete(id, token, answer, RETENTION));
        if (!(verdict instanceof SettleVerdict.Settled)) {
            wrong.add(id + ": its completion got " + verdict);
        }
    }

    private void check(PostgresLedger ledger) {
        assertThat(wrong).isEmpty();
        assertThat(refused).as("the kills were noticed").hasPositiveValue();
        assertThat(executions).hasSize(KEYS);
        executions.forEach(
                (id, count) -> assertThat(count).as("executions of " + id).hasValue(1));
        acknowledged.forEach(
                (id, answer) -> assertThat(answered(ledger, id)).isEqualTo(new ClaimVerdict.Completed(answer)));
    }

    /** A lane that had nothing to do since the last kill may notice it only now. */
    private static ClaimVerdict answered(PostgresLedger ledger, OperationId id) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        ClaimVerdict verdict = get(ledger.claim(wish(id)));
        while (verdict instanceof ClaimVerdict.Unavailable && System.nanoTime() - end < 0) {
            LockSupport.parkNanos(5_000_000);
            verdict = get(ledger.claim(wish(id)));
        }
        return verdict;
    }
}
