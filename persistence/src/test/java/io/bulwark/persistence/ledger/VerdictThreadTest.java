package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.RETENTION;
import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.get;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static io.bulwark.persistence.ledger.LedgerFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who waits for a verdict is told by what it asked for, as long as that is there. */
class VerdictThreadTest {
    private static final Database DATABASE = TestServer.migratedDatabase();

    private final ExecutorService own = Executors.newSingleThreadExecutor();
    private final ThreadLocal<Optional<Executor>> current = ThreadLocal.withInitial(Optional::empty);
    private final PostgresLedger ledger =
            PostgresLedger.open(DATABASE, LedgerSettings.DEFAULT, new SplittableRandom(1), current::get);

    @AfterEach
    void close() {
        ledger.close();
        own.shutdown();
    }

    @Test
    void verdict_isGivenByWhatWasCurrentWhenItWasAskedFor() {
        AtomicInteger given = new AtomicInteger();
        Executor counting = task -> own.execute(() -> {
            given.incrementAndGet();
            task.run();
        });
        current.set(Optional.of(counting));
        CompletionStage<ClaimVerdict> asked = ledger.claim(wish(id("own")));
        current.remove();
        CompletionStage<FindVerdict> askedByNobody = ledger.find(id("nobody"));

        assertThat(get(asked)).isInstanceOf(ClaimVerdict.Claimed.class);
        assertThat(get(askedByNobody)).isInstanceOf(FindVerdict.Absent.class);
        assertThat(given).hasValue(1);
    }

    @Test
    void verdict_isGivenAllTheSame_whenWhatWasCurrentIsGone() {
        current.set(Optional.of(own));
        own.shutdown();

        CompletionStage<ClaimVerdict> asked = ledger.claim(wish(id("gone")));
        assertThat(get(asked)).isInstanceOf(ClaimVerdict.Claimed.class);
        long token = ((ClaimVerdict.Claimed) get(asked)).token();
        assertThat(get(ledger.complete(id("gone"), token, answer("done"), RETENTION)))
                .isInstanceOf(SettleVerdict.Settled.class);
    }
}
