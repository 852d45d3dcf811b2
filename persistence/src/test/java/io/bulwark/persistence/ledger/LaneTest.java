package io.bulwark.persistence.ledger;

import static io.bulwark.persistence.ledger.LedgerFixture.RETENTION;
import static io.bulwark.persistence.ledger.LedgerFixture.answer;
import static io.bulwark.persistence.ledger.LedgerFixture.claimed;
import static io.bulwark.persistence.ledger.LedgerFixture.get;
import static io.bulwark.persistence.ledger.LedgerFixture.id;
import static io.bulwark.persistence.ledger.LedgerFixture.wish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.idempotency.Answer;
import io.bulwark.idempotency.Body;
import io.bulwark.idempotency.Ledger.ClaimVerdict;
import io.bulwark.idempotency.Ledger.SettleVerdict;
import io.bulwark.idempotency.OperationId;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** One lane on a real database whose commits break off when told to. */
class LaneTest {
    private static final Database DATABASE = TestServer.migratedDatabase();
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final AtomicInteger KEYS = new AtomicInteger();

    private final DataSource connections = DATABASE.connections("test", Duration.ofSeconds(5), Duration.ofSeconds(5));
    private final PostgresLedger ledger = LedgerFixture.open(DATABASE, LedgerSettings.DEFAULT.with(1, 50, 100));
    private final Counters counters = new Counters();
    private final AtomicInteger commitsToBreak = new AtomicInteger();
    /** Go well before the first one breaks. */
    private final AtomicInteger commitsToSpare = new AtomicInteger();

    private volatile boolean commitFirst;
    private final OperationId id = id("lane-" + KEYS.incrementAndGet());

    @AfterEach
    void close() {
        ledger.close();
    }

    @ParameterizedTest(name = "commit happens before it breaks off: {0}")
    @ValueSource(booleans = {true, false})
    void claimWhoseCommitIsInDoubt_isRefusedAndWithdrawn(boolean happens) throws Exception {
        commitFirst = happens;
        commitsToBreak.set(1);
        try (Running lane = start()) {
            assertThat(get(lane.submit(claim(id)))).isInstanceOf(ClaimVerdict.Unavailable.class);
            await().atMost(SOON).until(() -> lane.lane.available() && lane.lane.depth() == 0);
            assertThat(get(ledger.claim(wish(id)))).isInstanceOf(ClaimVerdict.Claimed.class);
        }
    }

    @ParameterizedTest(name = "commit happens before it breaks off: {0}")
    @ValueSource(booleans = {true, false})
    void completionWhoseCommitIsInDoubt_isDoneAgain(boolean happens) throws Exception {
        long token = claimed(ledger, id);
        commitFirst = happens;
        commitsToBreak.set(3);
        try (Running lane = start()) {
            assertThat(get(lane.submit(new Request.Complete(id, token, answer("known"), RETENTION))))
                    .isEqualTo(new SettleVerdict.Settled());
        }
        assertThat(get(ledger.claim(wish(id)))).isEqualTo(new ClaimVerdict.Completed(answer("known")));
    }

    @Test
    void withdrawal_doesNotTouchTheClaimOfSomebodyElse() throws Exception {
        long token = claimed(ledger, id);
        try (Running lane = start()) {
            get(lane.submit(new Request.Withdraw(id, LedgerFixture.FINGERPRINT, new UUID(1, 2))));
        }
        assertThat(get(ledger.complete(id, token, answer("mine"), RETENTION))).isEqualTo(new SettleVerdict.Settled());
    }

    @Test
    void operationHeldByAnotherTransaction_isRefusedAlone() throws Exception {
        long token = claimed(ledger, id);
        OperationId free = id("free-" + KEYS.incrementAndGet());
        try (Running lane = start();
                Connection other = TestServer.connect(DATABASE);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SELECT FROM operation WHERE key = '" + id.key().value() + "' FOR UPDATE");
            CompletionStage<SettleVerdict> held = lane.submit(new Request.Extend(id, token, RETENTION));
            CompletionStage<ClaimVerdict> open = lane.submit(claim(free));
            CompletionStage<SettleVerdict> kept =
                    lane.submit(new Request.Complete(id, token, answer("known"), RETENTION));
            assertThat(get(held)).isInstanceOf(SettleVerdict.Unavailable.class);
            assertThat(get(open)).isInstanceOf(ClaimVerdict.Claimed.class);
            assertThat(kept.toCompletableFuture()).isNotDone();
            other.rollback();
            assertThat(get(kept)).isEqualTo(new SettleVerdict.Settled());
        }
    }

    @Test
    void claimOfARowHeldByAnotherTransaction_isAnsweredByWhatIsCommitted() throws Exception {
        long token = claimed(ledger, id);
        try (Running lane = start();
                Connection other = TestServer.connect(DATABASE);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE operation SET state = 3, lease_until = NULL WHERE token = " + token);
            assertThat(get(lane.submit(claim(id)))).isInstanceOf(ClaimVerdict.InProgress.class);
            other.commit();
            assertThat(get(lane.submit(claim(id)))).isInstanceOf(ClaimVerdict.Claimed.class);
        }
    }

    @Test
    void operationsOnOneKey_areDecidedInTheirOrderWithinABatch() throws Exception {
        Lane lane = lane();
        Pending<ClaimVerdict> first = pending(claim(id));
        Pending<ClaimVerdict> second = pending(claim(id));
        List<Pending<?>> batch = List.of(first, second);
        batch.forEach(lane::submit);
        try (Running running = run(lane)) {
            assertThat(get(first.verdict())).isInstanceOf(ClaimVerdict.Claimed.class);
            assertThat(get(second.verdict())).isInstanceOf(ClaimVerdict.InProgress.class);
            assertThat(counters.commits.sum()).isEqualTo(1);
            assertThat(running.lane.depth()).isZero();
        }
    }

    @Test
    void batchOfAllKinds_takesOneTransactionForWhatIsCommonAndOneForTheRest() throws Exception {
        long token = claimed(ledger, id);
        OperationId known = id("known-" + KEYS.incrementAndGet());
        get(ledger.complete(known, claimed(ledger, known), answer("known"), RETENTION));
        OperationId twice = id("twice-" + KEYS.incrementAndGet());
        Lane lane = lane();
        Pending<SettleVerdict> completion = pending(new Request.Complete(id, token, answer("new"), RETENTION));
        Pending<ClaimVerdict> fresh = pending(claim(id("fresh-" + KEYS.incrementAndGet())));
        Pending<ClaimVerdict> replayed = pending(claim(known));
        OperationId released = id("released-" + KEYS.incrementAndGet());
        get(ledger.release(released, claimed(ledger, released)));
        Pending<ClaimVerdict> again = pending(claim(released));
        Pending<ClaimVerdict> first = pending(claim(twice));
        Pending<ClaimVerdict> second = pending(claim(twice));
        List.of(completion, fresh, replayed, again, first, second).forEach(lane::submit);
        try (Running running = run(lane)) {
            assertThat(get(completion.verdict())).isEqualTo(new SettleVerdict.Settled());
            assertThat(get(fresh.verdict())).isInstanceOf(ClaimVerdict.Claimed.class);
            assertThat(get(replayed.verdict())).isEqualTo(new ClaimVerdict.Completed(answer("known")));
            assertThat(get(again.verdict())).isInstanceOf(ClaimVerdict.Claimed.class);
            assertThat(get(first.verdict())).isInstanceOf(ClaimVerdict.Claimed.class);
            assertThat(get(second.verdict())).isInstanceOf(ClaimVerdict.InProgress.class);
            assertThat(counters.commits.sum()).isEqualTo(2);
            assertThat(counters.operations.sum()).isEqualTo(6);
            assertThat(get(running.submit(claim(known)))).isEqualTo(new ClaimVerdict.Completed(answer("known")));
            assertThat(counters.commits.sum()).as("a replay is common too").isEqualTo(3);
        }
        assertThat(counters.waitingBytes).hasValue(0);
    }

    @ParameterizedTest(name = "commit happens before it breaks off: {0}")
    @ValueSource(booleans = {true, false})
    void whatWasCommittedDirectly_holdsThoughTheRestIsInDoubt(boolean happens) throws Exception {
        long token = claimed(ledger, id);
        OperationId released = id("released-" + KEYS.incrementAndGet());
        get(ledger.release(released, claimed(ledger, released)));
        OperationId fresh = id("fresh-" + KEYS.incrementAndGet());
        Lane lane = lane();
        Pending<SettleVerdict> completion = pending(new Request.Complete(id, token, answer("new"), RETENTION));
        Pending<ClaimVerdict> granted = pending(claim(fresh));
        Pending<ClaimVerdict> again = pending(claim(released));
        List.of(completion, granted, again).forEach(lane::submit);
        commitFirst = happens;
        commitsToSpare.set(1);
        commitsToBreak.set(1);
        try (Running _ = run(lane)) {
            assertThat(get(completion.verdict())).isEqualTo(new SettleVerdict.Settled());
            long grantedToken = ((ClaimVerdict.Claimed) get(granted.verdict())).token();
            assertThat(get(again.verdict())).isInstanceOf(ClaimVerdict.Unavailable.class);
            await().atMost(SOON).until(() -> lane.available() && lane.depth() == 0);
            assertThat(get(ledger.complete(fresh, grantedToken, answer("mine"), RETENTION)))
                    .as("the claim was not withdrawn")
                    .isEqualTo(new SettleVerdict.Settled());
            assertThat(get(ledger.claim(wish(released))))
                    .as("the claim in doubt was withdrawn")
                    .isInstanceOf(ClaimVerdict.Claimed.class);
        }
        assertThat(get(ledger.claim(wish(id)))).isEqualTo(new ClaimVerdict.Completed(answer("new")));
    }

    @Test
    void claimThatWaitsForAnotherNodesInsert_isNotGranted() throws Exception {
        try (Running lane = start();
                Connection other = TestServer.connect(DATABASE);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute(
                    "INSERT INTO operation VALUES ('acme', '" + id.key().value()
                            + "', 'other', 3, nextval('operation_token'), 1, gen_random_uuid(), NULL, NULL, NULL, NULL, NULL,"
                            + " now(), now(), now() + interval '1 hour')");
            CompletionStage<ClaimVerdict> claim = lane.submit(claim(id));
            await().atMost(SOON).until(() -> claim.toCompletableFuture().isDone() || waits(statement));
            other.commit();
            // On a machine that is so slow that the wait for the row is over before, it is refused.
            assertThat(get(claim)).isInstanceOfAny(ClaimVerdict.Mismatch.class, ClaimVerdict.Unavailable.class);
        }
    }

    private static boolean waits(Statement statement) throws SQLException {
        try (ResultSet locks = statement.executeQuery("SELECT FROM pg_locks WHERE NOT granted")) {
            return locks.next();
        }
    }

    @Test
    void answersBeyondTheMemoryBound_areRefusedAtOnce() throws Exception {
        Lane lane = lane();
        Answer large = Answer.of(200, List.of(), Body.wrap(new byte[700_000]));
        Pending<SettleVerdict> fits = pending(new Request.Complete(id, 1, large, RETENTION));
        Pending<SettleVerdict> tooMuch = pending(new Request.Complete(id, 1, large, RETENTION));
        lane.submit(fits);
        lane.submit(tooMuch);
        assertThat(get(tooMuch.verdict()))
                .isInstanceOfSatisfying(
                        SettleVerdict.Unavailable.class,
                        verdict -> assertThat(verdict.why()).isEqualTo("too many answers wait to be recorded"));
        try (Running _ = run(lane)) {
            assertThat(get(fits.verdict())).isEqualTo(new SettleVerdict.Absent());
        }
        assertThat(counters.waitingBytes).hasValue(0);
    }

    @Test
    void completionThatCannotBeRecordedInTime_isGivenUp() throws Exception {
        long token = claimed(ledger, id);
        commitsToBreak.set(Integer.MAX_VALUE);
        try (Running lane = start()) {
            Pending<SettleVerdict> completion = Pending.of(
                    new Request.Complete(id, token, answer("known"), RETENTION),
                    System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(300),
                    Runnable::run);
            lane.lane.submit(completion);
            assertThat(get(completion.verdict())).isInstanceOf(SettleVerdict.Unavailable.class);
        }
        assertThat(counters.waitingBytes).hasValue(0);
    }

    private static Request.Claim claim(OperationId id) {
        return new Request.Claim(wish(id), new UUID(7, KEYS.incrementAndGet()));
    }

    private static <V> Pending<V> pending(Request<V> request) {
        return Pending.of(request, System.nanoTime() + SOON.toNanos(), Runnable::run);
    }

    private Lane lane() {
        LedgerSettings settings = new LedgerSettings(
                1, 50, 100, 1 << 20, Duration.ofSeconds(3), SOON, Duration.ofDays(1), 500, Duration.ofSeconds(5));
        return new Lane(
                "test lane", new LaneConnection(breaking(connections), Duration.ofSeconds(1)), settings, counters);
    }

    private Running start() {
        return run(lane());
    }

    private static Running run(Lane lane) {
        return new Running(
                lane,
                CompletableFuture.runAsync(
                        lane, task -> Thread.ofPlatform().daemon().start(task)));
    }

    /** A lane and its thread. */
    private record Running(Lane lane, CompletableFuture<Void> ended) implements AutoCloseable {
        <V> CompletionStage<V> submit(Request<V> request) {
            Pending<V> pending = pending(request);
            lane.submit(pending);
            return pending.verdict();
        }

        @Override
        public void close() {
            lane.close(System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
            ended.orTimeout(SOON.toSeconds(), TimeUnit.SECONDS).join();
        }
    }

    private DataSource breaking(DataSource real) {
        return (DataSource) Proxy.newProxyInstance(
                DataSource.class.getClassLoader(), new Class<?>[] {DataSource.class}, (_, method, arguments) -> {
                    Object result = invoke(real, method, arguments);
                    return result instanceof Connection connection ? breaking(connection) : result;
                });
    }

    private Connection breaking(Connection real) {
        return (Connection) Proxy.newProxyInstance(
                Connection.class.getClassLoader(), new Class<?>[] {Connection.class}, (_, method, arguments) -> {
                    if (method.getName().equals("commit")) {
                        return breaking(real, method, arguments);
                    }
                    Object result = invoke(real, method, arguments);
                    return result instanceof PreparedStatement statement && real.getAutoCommit()
                            ? breaking(statement)
                            : result;
                });
    }

    /** A statement that commits by itself. */
    private PreparedStatement breaking(PreparedStatement real) {
        return (PreparedStatement) Proxy.newProxyInstance(
                PreparedStatement.class.getClassLoader(),
                new Class<?>[] {PreparedStatement.class},
                (_, method, arguments) -> method.getName().equals("executeQuery")
                        ? breaking(real, method, arguments)
                        : invoke(real, method, arguments));
    }

    private @Nullable Object breaking(Object real, Method method, Object[] arguments) throws Throwable {
        boolean spared = commitsToSpare.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
        boolean breaks = !spared && commitsToBreak.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
        Object result = breaks && !commitFirst ? null : invoke(real, method, arguments);
        if (breaks) {
            throw new SQLException("the connection broke", "08006");
        }
        return result;
    }

    private static Object invoke(Object target, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failure) {
            throw failure.getTargetException();
        }
    }
}
