package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.FINGERPRINT;
import static io.bulwark.persistence.ledger.LedgerFixture.LEASE;
import static io.bulwark.persistence.ledger.LedgerFixture.OTHER_FINGERPRINT;
import static io.bulwark.persistence.ledger.LedgerFixture.RETENTION;
import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.claimed;
import static io.bulwark.persistence.ledger.LedgerFixture.get;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static io.bulwark.persistence.ledger.LedgerFixture.pass;
import static io.bulwark.persistence.ledger.LedgerFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Answer.Header;
import io.bulwark.idempotency.Body;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.Operation;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.idempotency.OperationState;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Every transition of the port's diagram, against a real server. */
class PostgresLedgerTest {
    private static final Database DATABASE = TestServer.migratedDatabase();
    private static final PostgresLedger LEDGER = LedgerFixture.open(DATABASE, LedgerSettings.DEFAULT);
    private static final AtomicInteger KEYS = new AtomicInteger();

    private static final SettleVerdict SETTLED = new SettleVerdict.Settled();
    private static final SettleVerdict STALE = new SettleVerdict.Stale();
    private static final SettleVerdict ABSENT = new SettleVerdict.Absent();
    private static final SettleVerdict NOT_UNKNOWN = new SettleVerdict.NotUnknown();
    private static final Answer FIRST = answer("first");

    private final OperationId id = id("key-" + KEYS.incrementAndGet());

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @Test
    void claim_ofAnAbsentKey_isGrantedUntilTheLeaseEnds() {
        assertThat(get(LEDGER.claim(wish(id)))).isInstanceOf(ClaimVerdict.Claimed.class);
        Operation operation = found();
        assertThat(operation.state()).isEqualTo(OperationState.CLAIMED);
        assertThat(operation.attempts()).isEqualTo(1);
        Duration lease =
                Duration.between(operation.changedAt(), operation.leaseUntil().orElseThrow());
        assertThat(lease).isEqualTo(LEASE);
        assertThat(operation.expiresAt())
                .isEqualTo(operation.leaseUntil().orElseThrow().plus(RETENTION));
    }

    @Test
    void claim_ofALiveClaim_isInProgressUntilItsLeaseEnds() {
        claimed(LEDGER, id);
        assertThat(get(LEDGER.claim(wish(id)))).isInstanceOfSatisfying(ClaimVerdict.InProgress.class, verdict -> {
            assertThat(verdict.leaseUntil()).isEqualTo(found().leaseUntil().orElseThrow());
            assertThat(verdict.leaseLeft()).isPositive().isLessThanOrEqualTo(LEASE);
        });
    }

    @Test
    void claim_withAnotherFingerprint_isAMismatchInEveryUnexpiredState() {
        long token = claimed(LEDGER, id);
        ClaimVerdict mismatch = new ClaimVerdict.Mismatch();
        assertThat(claimOther()).isEqualTo(mismatch);
        get(LEDGER.markUnknown(id, token, RETENTION));
        assertThat(claimOther()).isEqualTo(mismatch);
        get(LEDGER.complete(id, token, FIRST, RETENTION));
        assertThat(claimOther()).isEqualTo(mismatch);
        pass(DATABASE, RETENTION);
        assertThat(claimOther()).isInstanceOf(ClaimVerdict.Claimed.class);
    }

    @Test
    void complete_isReplayedToLaterClaims_asItWas() {
        long token = claimed(LEDGER, id);
        assertThat(get(LEDGER.complete(id, token, FIRST, RETENTION))).isEqualTo(SETTLED);
        assertThat(get(LEDGER.claim(wish(id)))).isEqualTo(new ClaimVerdict.Completed(FIRST));
        assertThat(found().answer()).contains(FIRST);
    }

    @Test
    void complete_keepsOddAnswersByteForByte() {
        byte[] everyByte = new byte[100_000];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }
        List<Answer> odd = List.of(
                Answer.of(204, List.of(), Body.EMPTY),
                Answer.of(200, List.of(new Header("Empty", ""), new Header("Null", "NULL")), Body.wrap(everyByte)),
                new Answer(599, List.of(new Header("A", "{\"},\\"), new Header("A", "again")), Body.EMPTY, false));
        for (Answer answer : odd) {
            OperationId key = id("odd-" + KEYS.incrementAndGet());
            get(LEDGER.complete(key, claimed(LEDGER, key), answer, RETENTION));
            assertThat(get(LEDGER.claim(wish(key)))).isEqualTo(new ClaimVerdict.Completed(answer));
        }
    }

    @Test
    void complete_twice_settlesTheSameAnswerAndRefusesAnother() {
        long token = claimed(LEDGER, id);
        get(LEDGER.complete(id, token, FIRST, RETENTION));
        assertThat(get(LEDGER.complete(id, token, FIRST, RETENTION))).isEqualTo(SETTLED);
        assertThat(get(LEDGER.complete(id, token, answer("other"), RETENTION))).isEqualTo(STALE);
        assertThat(get(LEDGER.claim(wish(id)))).isEqualTo(new ClaimVerdict.Completed(FIRST));
    }

    @Test
    void everySettling_ofAnAbsentKey_saysSo() {
        assertThat(get(LEDGER.complete(id, 1, FIRST, RETENTION))).isEqualTo(ABSENT);
        assertThat(get(LEDGER.release(id, 1))).isEqualTo(ABSENT);
        assertThat(get(LEDGER.markUnknown(id, 1, RETENTION))).isEqualTo(ABSENT);
        assertThat(get(LEDGER.extend(id, 1, LEASE))).isEqualTo(ABSENT);
        assertThat(get(LEDGER.resolve(id, Optional.of(FIRST), RETENTION))).isEqualTo(ABSENT);
        assertThat(get(LEDGER.find(id))).isEqualTo(new FindVerdict.Absent());
    }

    @Test
    void everySettling_underAnotherToken_isStale() {
        long token = claimed(LEDGER, id);
        for (long other : new long[] {token - 1, token + 1}) {
            assertThat(get(LEDGER.complete(id, other, FIRST, RETENTION))).isEqualTo(STALE);
            assertThat(get(LEDGER.release(id, other))).isEqualTo(STALE);
            assertThat(get(LEDGER.markUnknown(id, other, RETENTION))).isEqualTo(STALE);
            assertThat(get(LEDGER.extend(id, other, LEASE))).isEqualTo(STALE);
        }
        assertThat(found().state()).isEqualTo(OperationState.CLAIMED);
    }

    @Test
    void release_letsTheNextClaimExecuteUnderAHigherToken() {
        long token = claimed(LEDGER, id);
        assertThat(get(LEDGER.release(id, token))).isEqualTo(SETTLED);
        assertThat(get(LEDGER.release(id, token))).isEqualTo(SETTLED);
        assertThat(found().state()).isEqualTo(OperationState.RELEASED);
        assertThat(get(LEDGER.complete(id, token, FIRST, RETENTION))).isEqualTo(STALE);
        assertThat(claimed(LEDGER, id)).isGreaterThan(token);
        assertThat(found().attempts()).isEqualTo(2);
        assertThat(get(LEDGER.release(id, token))).isEqualTo(STALE);
    }

    @Test
    void leaseThatRunsOut_makesTheOutcomeUnknown() {
        claimed(LEDGER, id);
        pass(DATABASE, LEASE);
        assertThat(found().state()).isEqualTo(OperationState.UNKNOWN);
        assertThat(get(LEDGER.claim(wish(id))))
                .isEqualTo(new ClaimVerdict.Unknown(found().leaseUntil().orElseThrow()));
    }

    @Test
    void markUnknown_isUnknownAtOnce() {
        long token = claimed(LEDGER, id);
        assertThat(get(LEDGER.markUnknown(id, token, RETENTION))).isEqualTo(SETTLED);
        assertThat(get(LEDGER.markUnknown(id, token, RETENTION))).isEqualTo(SETTLED);
        assertThat(found().state()).isEqualTo(OperationState.UNKNOWN);
        assertThat(get(LEDGER.claim(wish(id)))).isEqualTo(new ClaimVerdict.Unknown(found().changedAt()));
        assertThat(get(LEDGER.extend(id, token, LEASE))).isEqualTo(STALE);
    }

    @Test
    void unknown_isCompletedByTheTokenThatKnowsBetter() {
        long marked = claimed(LEDGER, id);
        get(LEDGER.markUnknown(id, marked, RETENTION));
        assertThat(get(LEDGER.complete(id, marked, FIRST, RETENTION))).isEqualTo(SETTLED);
        assertThat(get(LEDGER.markUnknown(id, marked, RETENTION))).isEqualTo(STALE);

        OperationId lapsed = id("lapsed-" + KEYS.incrementAndGet());
        long token = claimed(LEDGER, lapsed);
        pass(DATABASE, LEASE);
        assertThat(get(LEDGER.complete(lapsed, token, FIRST, RETENTION))).isEqualTo(SETTLED);
        assertThat(get(LEDGER.claim(wish(lapsed)))).isEqualTo(new ClaimVerdict.Completed(FIRST));
    }

    @Test
    void unknown_isReleasedByTheTokenThatKnowsBetter() {
        long token = claimed(LEDGER, id);
        pass(DATABASE, LEASE);
        assertThat(get(LEDGER.release(id, token))).isEqualTo(SETTLED);
        assertThat(claimed(LEDGER, id)).isGreaterThan(token);
    }

    @Test
    void unknown_isClaimedAgainOnlyWhereTheServiceIsIdempotent() {
        long token = claimed(LEDGER, id);
        pass(DATABASE, LEASE);
        Ledger.Claim retrying = new Ledger.Claim(id, FINGERPRINT, LEASE, RETENTION, true);
        ClaimVerdict.Claimed again = (ClaimVerdict.Claimed) get(LEDGER.claim(retrying));
        assertThat(again.token()).isGreaterThan(token);
        assertThat(get(LEDGER.complete(id, token, FIRST, RETENTION))).isEqualTo(STALE);
        assertThat(get(LEDGER.complete(id, again.token(), FIRST, RETENTION))).isEqualTo(SETTLED);
    }

    @Test
    void extend_makesTheLeaseRunFromNow() {
        long token = claimed(LEDGER, id);
        pass(DATABASE, LEASE.dividedBy(2));
        SettleVerdict verdict = get(LEDGER.extend(id, token, LEASE));
        Operation operation = found();
        assertThat(verdict)
                .isEqualTo(new SettleVerdict.Extended(operation.leaseUntil().orElseThrow()));
        assertThat(Duration.between(
                        operation.changedAt(), operation.leaseUntil().orElseThrow()))
                .isEqualTo(LEASE);
        assertThat(operation.expiresAt())
                .isEqualTo(operation.leaseUntil().orElseThrow().plus(RETENTION));
    }

    @Test
    void extend_afterTheLeaseHasRunOut_isStale() {
        long token = claimed(LEDGER, id);
        pass(DATABASE, LEASE);
        assertThat(get(LEDGER.extend(id, token, LEASE))).isEqualTo(STALE);
    }

    @Test
    void resolve_settlesAnUnknownOutcomeEitherWay() {
        long token = claimed(LEDGER, id);
        pass(DATABASE, LEASE);
        assertThat(get(LEDGER.resolve(id, Optional.of(FIRST), RETENTION))).isEqualTo(SETTLED);
        assertThat(get(LEDGER.claim(wish(id)))).isEqualTo(new ClaimVerdict.Completed(FIRST));
        assertThat(get(LEDGER.complete(id, token, answer("late"), RETENTION))).isEqualTo(STALE);

        OperationId other = id("resolved-" + KEYS.incrementAndGet());
        long marked = claimed(LEDGER, other);
        get(LEDGER.markUnknown(other, marked, RETENTION));
        assertThat(get(LEDGER.resolve(other, Optional.empty(), RETENTION))).isEqualTo(SETTLED);
        assertThat(get(LEDGER.complete(other, marked, FIRST, RETENTION))).isEqualTo(STALE);
        assertThat(claimed(LEDGER, other)).isGreaterThan(marked);
    }

    @Test
    void resolve_ofWhatIsNotUnknown_isRefused() {
        long token = claimed(LEDGER, id);
        assertThat(get(LEDGER.resolve(id, Optional.of(FIRST), RETENTION))).isEqualTo(NOT_UNKNOWN);
        get(LEDGER.complete(id, token, FIRST, RETENTION));
        assertThat(get(LEDGER.resolve(id, Optional.empty(), RETENTION))).isEqualTo(NOT_UNKNOWN);
    }

    @Test
    void retentionThatRunsOut_freesTheKeyWhetherOrNotTheSweeperCameBy() throws SQLException {
        long token = claimed(LEDGER, id);
        get(LEDGER.complete(id, token, FIRST, RETENTION));
        pass(DATABASE, RETENTION);
        assertThat(get(LEDGER.find(id))).isEqualTo(new FindVerdict.Absent());
        assertThat(get(LEDGER.complete(id, token, FIRST, RETENTION))).isEqualTo(ABSENT);
        long second = claimed(LEDGER, id);
        assertThat(second).isGreaterThan(token);
        assertThat(found().attempts()).isEqualTo(1);

        get(LEDGER.complete(id, second, FIRST, RETENTION));
        pass(DATABASE, RETENTION);
        assertThat(LEDGER.sweepOnce()).isPositive();
        assertThat(claimed(LEDGER, id)).as("a swept key's token grows too").isGreaterThan(second);
    }

    @Test
    void sweep_deletesEveryExpiredRowAndNoOther() throws SQLException {
        LedgerSettings small = new LedgerSettings(
                1, 200, 2_000, 1 << 20, Duration.ofSeconds(3), Duration.ZERO, Duration.ofDays(1), 7, Duration.ZERO);
        Database database = TestServer.migratedDatabase();
        try (PostgresLedger ledger = LedgerFixture.open(database, small)) {
            List<CompletionStage<ClaimVerdict>> claims = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                Duration retention = i < 20 ? Duration.ofMinutes(1) : RETENTION;
                claims.add(ledger.claim(new Ledger.Claim(id("sweep-" + i), FINGERPRINT, LEASE, retention, false)));
            }
            claims.forEach(LedgerFixture::get);
            pass(database, LEASE);
            assertThat(ledger.sweepOnce())
                    .as("unknown outcomes are kept for their retention")
                    .isZero();
            pass(database, Duration.ofMinutes(1));
            assertThat(ledger.sweepOnce()).isEqualTo(20);
            assertThat(ledger.sweepOnce()).isZero();
            assertThat(ledger.metrics().swept()).isEqualTo(20);
            assertThat(get(ledger.find(id("sweep-20")))).isInstanceOf(FindVerdict.Found.class);
        }
    }

    @Test
    void rowThatTheDatabaseRefuses_failsAloneInItsBatch() {
        int guilty = 150;
        Answer refused = Answer.of(200, List.of(new Header("Zero", "\0")), Body.EMPTY);
        List<OperationId> ids = new ArrayList<>();
        List<Long> tokens = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            ids.add(id("many-" + KEYS.incrementAndGet()));
            tokens.add(claimed(LEDGER, ids.getLast()));
        }
        List<CompletionStage<SettleVerdict>> stages = new ArrayList<>();
        for (int i = 0; i < ids.size(); i++) {
            stages.add(LEDGER.complete(ids.get(i), tokens.get(i), i == guilty ? refused : FIRST, RETENTION));
        }
        CompletionStage<SettleVerdict> failed = stages.remove(guilty);
        stages.forEach(stage -> assertThat(get(stage)).isEqualTo(SETTLED));
        assertThatThrownBy(() -> get(failed)).rootCause().hasMessageContaining("0x00");
        assertThat(get(LEDGER.complete(ids.get(guilty), tokens.get(guilty), FIRST, RETENTION)))
                .isEqualTo(SETTLED);
    }

    @Test
    void tenants_doNotShareKeys() {
        long token = claimed(LEDGER, id("one", id.key().value()));
        assertThat(claimed(LEDGER, id("two", id.key().value()))).isNotEqualTo(token);
    }

    private ClaimVerdict claimOther() {
        return get(LEDGER.claim(new Ledger.Claim(id, OTHER_FINGERPRINT, LEASE, RETENTION, true)));
    }

    private Operation found() {
        return ((FindVerdict.Found) get(LEDGER.find(id))).operation();
    }
}
