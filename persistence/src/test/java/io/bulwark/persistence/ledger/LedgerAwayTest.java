package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.RETENTION;
import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.claimed;
import static io.bulwark.persistence.ledger.LedgerFixture.get;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static io.bulwark.persistence.ledger.LedgerFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.schema.Migrations;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the ledger answers while its database hangs. */
class LedgerAwayTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    private EmbeddedPostgres server;
    private PostgresLedger ledger;
    private List<Long> frozen = List.of();

    @BeforeEach
    void open() throws IOException {
        server = Servers.start(directory);
        Database database = Database.of(server);
        try (var pool = database.pool("test", 1)) {
            new Migrations(pool).up();
        }
        ledger = LedgerFixture.open(
                database,
                LedgerSettings.DEFAULT
                        .with(1, 50, 20)
                        .with(Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofDays(1)));
    }

    @AfterEach
    void close() {
        Servers.thaw(frozen);
        ledger.close();
        server.close();
    }

    @Test
    void hungDatabase_refusesClaimsAndKeepsCompletions_untilItGoesOn() {
        OperationId id = id("kept");
        OperationId released = id("released");
        long token = claimed(ledger, id);
        long releasedToken = claimed(ledger, released);
        freeze();

        CompletionStage<SettleVerdict> completion = ledger.complete(id, token, answer("known"), RETENTION);
        ClaimVerdict.Unavailable verdict = (ClaimVerdict.Unavailable) get(ledger.claim(wish(id("refused"))));
        assertThat(verdict.why()).startsWith("the database cannot be asked: ");
        assertThat(verdict.retryAfter()).isPositive();
        assertThat(ledger.available()).isFalse();
        assertThat(ledger.metrics().outages()).isPositive();
        assertThat(get(ledger.find(id))).isInstanceOf(FindVerdict.Unavailable.class);
        assertThat(get(ledger.extend(id, token, RETENTION))).isInstanceOf(SettleVerdict.Unavailable.class);
        assertThat(get(ledger.resolve(id, Optional.empty(), RETENTION))).isInstanceOf(SettleVerdict.Unavailable.class);
        assertThat(get(ledger.release(released, releasedToken))).isInstanceOf(SettleVerdict.Unavailable.class);
        assertThat(completion.toCompletableFuture()).isNotDone();

        Servers.thaw(frozen);
        assertThat(get(completion)).isEqualTo(new SettleVerdict.Settled());
        await().atMost(SOON).until(ledger::available);
        assertThat(get(ledger.claim(wish(id)))).isEqualTo(new ClaimVerdict.Completed(answer("known")));
        assertThat(claimed(ledger, released))
                .as("the release was done all the same")
                .isGreaterThan(releasedToken);
        assertThat(claimed(ledger, id("refused"))).isPositive();
    }

    @Test
    void queueThatIsFull_refusesAtOnce() {
        OperationId id = id("kept");
        long token = claimed(ledger, id);
        freeze();
        // With everything frozen at most one batch is in the lane's hands and 20 wait; the 100th finds no place.
        List<CompletionStage<SettleVerdict>> completions = java.util.stream.IntStream.range(0, 100)
                .mapToObj(i -> ledger.complete(id, token, answer("same"), RETENTION))
                .toList();
        assertThat(get(completions.getLast()))
                .isInstanceOfSatisfying(
                        SettleVerdict.Unavailable.class,
                        verdict -> assertThat(verdict.why()).isEqualTo("the ledger's queue is full"));
        assertThat(completions.getFirst().toCompletableFuture()).isNotDone();
        Servers.thaw(frozen);
        assertThat(get(completions.getFirst())).isEqualTo(new SettleVerdict.Settled());
    }

    @Test
    void idleLedger_noticesThatItsDatabaseIsGoneAndBack() {
        await().atMost(SOON).until(ledger::available);
        freeze();
        await().atMost(SOON).until(() -> !ledger.available());
        Servers.thaw(frozen);
        await().atMost(SOON).until(ledger::available);
    }

    @Test
    void closedLedger_refusesEverything() {
        ledger.close();
        assertThat(get(ledger.claim(wish(id("late"))))).isInstanceOf(ClaimVerdict.Unavailable.class);
        assertThat(get(ledger.release(id("late"), 1))).isInstanceOf(SettleVerdict.Unavailable.class);
        assertThat(ledger.available()).isFalse();
    }

    private void freeze() {
        frozen = Servers.freeze(directory);
    }
}
