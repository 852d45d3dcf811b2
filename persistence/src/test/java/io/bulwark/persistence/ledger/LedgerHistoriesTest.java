package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.get;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.FindVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random histories, each answer compared with {@link LedgerModel}. Time passes by whole hours, by moving the rows' times
 * into the past; the seconds that the test itself takes make no difference.
 */
class LedgerHistoriesTest {
    private static final Database DATABASE = TestServer.migratedDatabase();
    private static final PostgresLedger LEDGER = LedgerFixture.open(DATABASE, LedgerSettings.DEFAULT.with(1, 50, 100));

    @AfterAll
    static void close() {
        LEDGER.close();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13, 21, 34})
    void everyAnswer_isTheModels(long seed) throws SQLException {
        SplittableRandom random = new SplittableRandom(seed);
        LedgerModel model = new LedgerModel();
        Map<String, Integer> seen = new HashMap<>();
        for (int step = 0; step < 250; step++) {
            String key = "history-" + seed + "-" + random.nextInt(3);
            String what = "seed " + seed + ", step " + step + ": ";
            String kind = switch (random.nextInt(9)) {
                case 0, 1 -> claim(random, model, key, what);
                case 2 -> complete(random, model, key, what);
                case 3 -> release(random, model, key, what);
                case 4 -> markUnknown(random, model, key, what);
                case 5 -> extend(random, model, key, what);
                case 6 -> resolve(random, model, key, what);
                case 7 -> find(model, key, what);
                default -> pass(random, model);
            };
            seen.merge(kind, 1, Integer::sum);
        }
        assertThat(seen.keySet()).as("the history visits enough of the diagram").hasSizeGreaterThan(12);
    }

    private static String claim(SplittableRandom random, LedgerModel model, String key, String what) {
        String fingerprint = random.nextInt(5) == 0 ? "f2" : "f1";
        int lease = 1 + random.nextInt(3);
        int retention = 1 + random.nextInt(6);
        boolean retry = random.nextInt(3) == 0;
        Ledger.Claim wish = new Ledger.Claim(
                id(key), new Fingerprint(fingerprint), Duration.ofHours(lease), Duration.ofHours(retention), retry);
        ClaimVerdict verdict = get(LEDGER.claim(wish));
        String expected = model.claim(key, fingerprint, lease, retention, retry);
        assertThat(kind(verdict)).as(what + wish).isEqualTo(expected);
        if (verdict instanceof ClaimVerdict.Claimed(long token, var _)) {
            assertThat(model.claimed(key, token)).as(what + "token grows").isTrue();
        }
        if (verdict instanceof ClaimVerdict.Completed(Answer replayed)) {
            assertThat(replayed).as(what).isEqualTo(answer(model.answer(key)));
        }
        return "claim " + expected;
    }

    private static String complete(SplittableRandom random, LedgerModel model, String key, String what) {
        String body = "a" + random.nextInt(2);
        int retention = 1 + random.nextInt(6);
        long token = token(random, model, key);
        return check(
                what,
                "complete",
                get(LEDGER.complete(id(key), token, answer(body), Duration.ofHours(retention))),
                model.complete(key, token, body, retention));
    }

    private static String release(SplittableRandom random, LedgerModel model, String key, String what) {
        long token = token(random, model, key);
        return check(what, "release", get(LEDGER.release(id(key), token)), model.release(key, token));
    }

    private static String markUnknown(SplittableRandom random, LedgerModel model, String key, String what) {
        long token = token(random, model, key);
        int retention = 1 + random.nextInt(6);
        return check(
                what,
                "markUnknown",
                get(LEDGER.markUnknown(id(key), token, Duration.ofHours(retention))),
                model.markUnknown(key, token, retention));
    }

    private static String extend(SplittableRandom random, LedgerModel model, String key, String what) {
        long token = token(random, model, key);
        int lease = 1 + random.nextInt(3);
        return check(
                what,
                "extend",
                get(LEDGER.extend(id(key), token, Duration.ofHours(lease))),
                model.extend(key, token, lease));
    }

    private static String resolve(SplittableRandom random, LedgerModel model, String key, String what) {
        Optional<String> body = random.nextBoolean() ? Optional.of("r") : Optional.empty();
        int retention = 1 + random.nextInt(6);
        return check(
                what,
                "resolve",
                get(LEDGER.resolve(id(key), body.map(LedgerFixture::answer), Duration.ofHours(retention))),
                model.resolve(key, body, retention));
    }

    private static String find(LedgerModel model, String key, String what) {
        OperationId id = id(key);
        String found = switch (get(LEDGER.find(id))) {
            case FindVerdict.Found(Ledger.Operation operation) -> operation.state() + " " + operation.attempts();
            case FindVerdict.Absent() -> "Absent";
            case FindVerdict.Unavailable unavailable -> unavailable.why();
        };
        assertThat(found).as(what + "find").isEqualTo(model.find(key));
        return "find";
    }

    private static String pass(SplittableRandom random, LedgerModel model) {
        int hours = 1 + random.nextInt(3);
        LedgerFixture.pass(DATABASE, Duration.ofHours(hours));
        model.pass(hours);
        return "pass";
    }

    /** Mostly the latest, sometimes one that never was or is outdated. */
    private static long token(SplittableRandom random, LedgerModel model, String key) {
        return random.nextInt(5) == 0 ? model.token(key) - 1 : model.token(key);
    }

    private static String check(String what, String name, SettleVerdict verdict, String expected) {
        assertThat(kind(verdict)).as(what + name).isEqualTo(expected);
        return name + " " + expected;
    }

    private static String kind(Object verdict) {
        return verdict.getClass().getSimpleName();
    }
}
