package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.RETENTION;
import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.get;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static io.bulwark.persistence.ledger.LedgerFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many callers on two nodes want the same few keys at the same time. */
class LedgerRaceTest {
    private static final Database DATABASE = TestServer.migratedDatabase();
    private static final int CALLERS = 64;
    private static final int KEYS = 6;

    private final Map<OperationId, Set<Long>> tokens = new ConcurrentHashMap<>();
    private final Map<OperationId, Queue<Answer>> settled = new ConcurrentHashMap<>();
    private final Map<OperationId, Set<Answer>> replayed = new ConcurrentHashMap<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {11, 12, 13})
    void callersThatRace_getOneClaimForEachTokenAndOneAnswerForEachKey(long seed) throws Exception {
        try (PostgresLedger one = LedgerFixture.open(DATABASE, LedgerSettings.DEFAULT.with(2, 50, 1_000));
                PostgresLedger two = LedgerFixture.open(DATABASE, LedgerSettings.DEFAULT.with(2, 50, 1_000))) {
            race(seed, one, two);
        }
        assertThat(wrong).isEmpty();
        for (int key = 0; key < KEYS; key++) {
            OperationId id = id("race-" + seed + "-" + key);
            assertThat(settled.get(id)).as("answers recorded for " + id).hasSize(1);
            assertThat(replayed.get(id)).as("answers replayed for " + id).containsExactlyElementsOf(settled.get(id));
        }
    }

    private void race(long seed, Ledger one, Ledger two) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        CyclicBarrier start = new CyclicBarrier(CALLERS);
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        try (var executor =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            for (int i = 0; i < CALLERS; i++) {
                SplittableRandom own = random.split();
                Ledger node = i % 2 == 0 ? one : two;
                callers.add(CompletableFuture.runAsync(() -> call(seed, own, node, start), executor));
            }
            CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new)).get(120, TimeUnit.SECONDS);
        }
    }

    private void call(long seed, SplittableRandom random, Ledger ledger, CyclicBarrier start) {
        try {
            start.await(60, TimeUnit.SECONDS);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
        int offset = random.nextInt(KEYS);
        for (int i = 0; i < KEYS; i++) {
            untilCompleted(random, ledger, id("race-" + seed + "-" + (offset + i) % KEYS));
        }
    }

    private void untilCompleted(SplittableRandom random, Ledger ledger, OperationId id) {
        for (boolean completed = false; !completed; ) {
            switch (get(ledger.claim(wish(id)))) {
                case ClaimVerdict.Claimed(long token, var _) -> execute(random, ledger, id, token);
                case ClaimVerdict.Completed(Answer answer) -> {
                    replayed.computeIfAbsent(id, absent -> ConcurrentHashMap.newKeySet())
                            .add(answer);
                    completed = true;
                }
                case ClaimVerdict.InProgress _, ClaimVerdict.Unavailable _ -> Thread.onSpinWait(); // and ask again
                case ClaimVerdict.Mismatch verdict -> wrong.add(id + " " + verdict);
                case ClaimVerdict.Unknown verdict -> wrong.add(id + " " + verdict);
            }
        }
    }

    private void execute(SplittableRandom random, Ledger ledger, OperationId id, long token) {
        if (!tokens.computeIfAbsent(id, absent -> ConcurrentHashMap.newKeySet()).add(token)) {
            wrong.add(id + ": the token " + token + " was given twice");
        }
        if (random.nextInt(4) > 0) {
            expectSettled(id, get(ledger.release(id, token)));
            return;
        }
        Answer answer = answer("by " + token);
        SettleVerdict verdict = get(ledger.complete(id, token, answer, RETENTION));
        expectSettled(id, verdict);
        settled.computeIfAbsent(id, absent -> new ConcurrentLinkedQueue<>()).add(answer);
    }

    private void expectSettled(OperationId id, SettleVerdict verdict) {
        if (!(verdict instanceof SettleVerdict.Settled)) {
            wrong.add(id + ": its only claimant got " + verdict);
        }
    }
}
