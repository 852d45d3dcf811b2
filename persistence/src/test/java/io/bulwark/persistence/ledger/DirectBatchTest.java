package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.Ledger;
import io.bulwark.idempotency.OperationId;
import io.bulwark.idempotency.OperationState;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import io.bulwark.persistence.ledger.Pending.Decided;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The statement that decides by itself, held against the rules: two tenants are asked the same, and only the requests of
 * one of them may go directly.
 */
class DirectBatchTest {
    private static final Database DATABASE = TestServer.migratedDatabase();
    private static final int KEYS = 24;

    private final LaneConnection connection = new LaneConnection(
            DATABASE.connections("test", Duration.ofSeconds(5), Duration.ofSeconds(5)), Duration.ofSeconds(5));
    private int claims;
    private int direct;
    private int open;

    @AfterEach
    void close() {
        connection.drop();
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3, 5, 8, 13})
    void whatIsWrittenDirectly_isWhatTheRulesDecide(long seed) throws SQLException {
        SplittableRandom random = new SplittableRandom(seed);
        String one = "direct-" + seed;
        String two = "ruled-" + seed;
        for (int step = 0; step < 120; step++) {
            pass(random);
            long batchSeed = random.nextLong();
            Map<String, String> directly = directly(batch(new SplittableRandom(batchSeed), one));
            Map<String, String> byRules = byRules(batch(new SplittableRandom(batchSeed), two));
            String what = "seed " + seed + ", step " + step;
            assertThat(directly).as(what).isEqualTo(byRules);
            assertThat(rows(one)).as(what).isEqualTo(rows(two));
        }
        assertThat(direct).as("verdicts given directly").isGreaterThan(50);
        assertThat(open).as("verdicts left to the rules").isGreaterThan(50);
    }

    /** Now and then; expired rows stay now and then, as they do until the sweeper comes by. */
    private static void pass(SplittableRandom random) {
        if (random.nextInt(3) == 0) {
            LedgerFixture.pass(DATABASE, Duration.ofHours(1 + random.nextInt(3)));
        }
        if (random.nextInt(3) == 0) {
            TestServer.execute(DATABASE, "DELETE FROM operation WHERE expires_at <= clock_timestamp()");
        }
    }

    private List<Pending<?>> batch(SplittableRandom random, String tenant) throws SQLException {
        Map<OperationId, Row> rows = read(tenant);
        List<Pending<?>> batch = new ArrayList<>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            OperationId id = id(tenant, "key-" + random.nextInt(KEYS));
            long latest = Optional.ofNullable(rows.get(id)).map(Row::token).orElse(1L);
            batch.add(Pending.of(request(random, id, latest - random.nextInt(5) / 4), Long.MAX_VALUE, Runnable::run));
        }
        return batch;
    }

    private Request<?> request(SplittableRandom random, OperationId id, long token) {
        // No sum of these is a whole hour, by which time passes: so the seconds that the test takes make no difference.
        Duration lease = Duration.ofMinutes(30 + 60 * random.nextInt(3)).plusNanos(random.nextInt(1_000_000_000));
        Duration retention = Duration.ofMinutes(15 + 60 * random.nextInt(3)).plusNanos(random.nextInt(1_000_000_000));
        Answer answer = answer("a" + random.nextInt(2));
        Fingerprint fingerprint = new Fingerprint(random.nextInt(6) == 0 ? "f2" : "f1");
        return switch (random.nextInt(10)) {
            case 0, 1, 2 ->
                new Request.Claim(
                        new Ledger.Claim(id, fingerprint, lease, retention, random.nextBoolean()),
                        new UUID(3, ++claims));
            case 3, 4, 5, 6 -> new Request.Complete(id, token, answer, retention);
            case 7 -> new Request.Release(id, token);
            case 8 -> new Request.MarkUnknown(id, token, retention);
            default -> new Request.Find(id);
        };
    }

    private Map<String, String> directly(List<Pending<?>> batch) throws SQLException {
        DirectBatch first = DirectBatch.of(batch);
        List<Pending<?>> left = batch;
        Map<String, String> verdicts = new TreeMap<>();
        if (!first.isEmpty()) {
            Attempt.Done done = (Attempt.Done) Attempt.direct(connection, first);
            left = done.open();
            put(verdicts, batch, done.decided());
            direct += done.decided().size();
            open += left.size();
        }
        verdicts.putAll(ruled(batch, left));
        return verdicts;
    }

    private Map<String, String> byRules(List<Pending<?>> batch) {
        return ruled(batch, batch);
    }

    private Map<String, String> ruled(List<Pending<?>> batch, List<Pending<?>> part) {
        Map<String, String> verdicts = new TreeMap<>();
        put(verdicts, batch, ((Attempt.Done) Attempt.of(connection, part)).decided());
        return verdicts;
    }

    /** By the request's place in the batch. */
    private static void put(Map<String, String> verdicts, List<Pending<?>> batch, List<Decided<?>> decided) {
        for (Decided<?> each : decided) {
            Object verdict = each.step().verdict();
            String said = verdict instanceof Ledger.ClaimVerdict.Completed ? verdict.toString() : kind(verdict);
            verdicts.put(
                    batch.indexOf(each.pending()) + " " + kind(each.pending().request()), said);
        }
    }

    private static String kind(Object value) {
        return value.getClass().getSimpleName();
    }

    /** A row without its token, and with its times counted from its last change. */
    private record Shape(
            String fingerprint,
            OperationState state,
            int attempts,
            Optional<Duration> lease,
            Duration expiry,
            boolean unchanged,
            Optional<Answer> answer) {
        static Shape of(Row row) {
            Instant changed = row.changedAt();
            return new Shape(
                    row.fingerprint().value(),
                    row.state(),
                    row.attempts(),
                    row.leaseUntil().map(end -> Duration.between(changed, end)),
                    Duration.between(changed, row.expiresAt()),
                    row.createdAt().equals(changed),
                    row.answer());
        }
    }

    private Map<String, Shape> rows(String tenant) throws SQLException {
        Map<String, Shape> shapes = new TreeMap<>();
        read(tenant).forEach((id, row) -> shapes.put(id.key().value(), Shape.of(row)));
        return shapes;
    }

    private Map<OperationId, Row> read(String tenant) throws SQLException {
        List<OperationId> ids = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
            ids.add(id(tenant, "key-" + key));
        }
        Map<OperationId, Row> rows =
                OperationTable.read(connection.get(), ids, 0).rows();
        connection.get().rollback();
        return rows;
    }
}
