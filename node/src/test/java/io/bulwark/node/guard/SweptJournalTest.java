package io.bulwark.node.guard;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.node.config.Settings;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.journal.JournalSettings;
import io.bulwark.persistence.journal.JournalSweeper;
import io.bulwark.persistence.journal.SweepSettings;
import io.bulwark.persistence.schema.Migrations;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real guard on the real journal, swept while it sleeps and while it works: it knows afterwards what it knew before. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SweptJournalTest {
    /** A starved machine is slow, and what is shown here has nothing to do with speed. */
    private static final Duration PATIENCE = Duration.ofSeconds(50);

    private static final List<CircuitMode> MODES = List.of(CircuitMode.values());
    private static final Name DAILY = new Name("daily");
    /** Here no other node recovers the guard, so nothing has to be old; never by itself while a test runs. */
    private static final SweepSettings AT_ONCE = new SweepSettings(Duration.ofDays(1), Duration.ZERO);

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");

    /** What stands in the journal for one guard. */
    private record Rows(long events, long oldest, long newest, long lastSnapshotButOne) {}

    /** Everything that a guard tells of its hard state. */
    private record Knowledge(PolicyReply policy, CircuitReply circuits, LimitReply limits) {}

    private record Bench(ActorTestKit kit, DataSource pool, JournalSweeper sweeper) {}

    private Bench open(Path directory) {
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, io.bulwark.persistence.embedded.Settings.DEFAULT);
        opened.push(server);
        Database database = Database.of(server);
        var pool = database.pool("test", 2);
        opened.push(pool);
        new Migrations(pool).up();
        ActorTestKit kit = ActorTestKit.create(
                "swept",
                ConfigFactory.parseString("akka.actor.provider = local")
                        .withFallback(ConfigFactory.parseMap(JournalSettings.of(database, 4)))
                        .withFallback(Settings.load(Optional.empty()).config()));
        opened.push(kit::shutdownTestKit);
        JournalSweeper sweeper = JournalSweeper.start(database, AT_ONCE);
        opened.push(sweeper);
        return new Bench(kit, pool, sweeper);
    }

    private Optional<Bench> bench = Optional.empty();

    @BeforeAll
    void openOnce(@TempDir Path directory) {
        bench = Optional.of(open(directory));
    }

    @AfterAll
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private Bench on() {
        return bench.orElseThrow();
    }

    private ActorRef<GuardCommand> wake(Name tenant) {
        return on().kit
                .spawn(GuardActor.create(
                        tenant,
                        new GuardActor.Surroundings(
                                () -> now, new SplittableRandom(7), new NoDirectory(), (_, _, _) -> {})));
    }

    private void putToSleep(ActorRef<GuardCommand> guard) {
        guard.tell(new GuardCommand.Sleep());
        on().kit.createTestProbe().expectTerminated(guard, PATIENCE);
    }

    private <R> R ask(ActorRef<GuardCommand> guard, Function<ActorRef<R>, GuardCommand> question) {
        TestProbe<R> probe = on().kit.createTestProbe();
        guard.tell(question.apply(probe.ref()));
        return probe.receiveMessage(PATIENCE);
    }

    private void put(ActorRef<GuardCommand> guard) {
        LimitPolicy limit = new LimitPolicy(
                DAILY, Algorithm.TOKEN_BUCKET, 20, 20, Duration.ofMinutes(1), Durability.STRICT, Mode.ENFORCE);
        TenantPolicy policy = new TenantPolicy(
                List.of(limit),
                Map.of(),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                OnGuardUnavailable.ADMIT,
                TenantStatus.ACTIVE,
                false);
        PolicyReply reply = ask(guard, replyTo -> new GuardCommand.PutPolicy(replyTo, policy, new Precondition.None()));
        assertThat(reply).isInstanceOf(PolicyReply.Put.class);
    }

    /** One in three spends a block of a strict limit, the others change a circuit: an event each. */
    private void change(ActorRef<GuardCommand> guard, int number, SplittableRandom random) {
        now = now.plusMillis(random.nextInt(1, 4_000));
        if (random.nextInt(3) == 0) {
            LimitReply reply = ask(guard, replyTo -> acquire(replyTo, 1));
            assertThat(reply).isInstanceOf(LimitReply.Decided.class);
            return;
        }
        Name service = new Name("service-" + random.nextInt(5));
        CircuitMode mode = MODES.get(random.nextInt(MODES.size()));
        CircuitReply reply =
                ask(guard, replyTo -> new GuardCommand.SetCircuitMode(replyTo, service, mode, "change " + number));
        assertThat(reply).isInstanceOf(CircuitReply.Done.class);
    }

    private static GuardCommand acquire(ActorRef<LimitReply> replyTo, long cost) {
        return new GuardCommand.Acquire(replyTo, List.of(new GuardCommand.Item(DAILY, cost)));
    }

    /** What a guard that has nothing but its journal knows. */
    private Knowledge recovered(Name tenant) {
        ActorRef<GuardCommand> guard = wake(tenant);
        Knowledge knowledge = new Knowledge(
                ask(guard, GuardCommand.ShowPolicy::new),
                ask(guard, GuardCommand.ShowCircuits::new),
                ask(guard, replyTo -> acquire(replyTo, 0)));
        putToSleep(guard);
        return knowledge;
    }

    private Rows rows(Name tenant) throws SQLException {
        try (Connection connection = on().pool.getConnection();
                PreparedStatement query = connection.prepareStatement(
                        "SELECT count(*), min(sequence_number), max(sequence_number), (SELECT sequence_number FROM"
                                + " snapshot WHERE persistence_id = ? ORDER BY 1 DESC OFFSET 1 LIMIT 1)"
                                + " FROM event_journal WHERE persistence_id = ?")) {
            query.setString(1, GuardActor.persistenceId(tenant).id());
            query.setString(2, GuardActor.persistenceId(tenant).id());
            try (ResultSet row = query.executeQuery()) {
                assertThat(row.next()).isTrue();
                return new Rows(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4));
            }
        }
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2})
    void recovery_afterASweep_isExactAndGoesOnCounting(long seed) throws SQLException {
        Name tenant = new Name("asleep-" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        ActorRef<GuardCommand> guard = wake(tenant);
        put(guard);
        for (int i = 0; i < 620; i++) {
            change(guard, i, random);
        }
        putToSleep(guard);
        Knowledge before = recovered(tenant);
        Rows all = rows(tenant);

        long swept = on().sweeper.sweepOnce().events();

        Rows left = rows(tenant);
        assertThat(all).as("nothing was swept before").extracting(Rows::oldest).isEqualTo(1L);
        assertThat(swept).isEqualTo(all.lastSnapshotButOne()).isPositive();
        assertThat(left).isEqualTo(new Rows(all.events() - swept, swept + 1, all.newest(), all.lastSnapshotButOne()));
        assertThat(recovered(tenant)).isEqualTo(before);

        ActorRef<GuardCommand> again = wake(tenant);
        put(again);
        putToSleep(again);
        assertThat(rows(tenant).newest()).isEqualTo(all.newest() + 1);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = 3)
    void sweep_whileTheGuardWorks_losesNothingAndBoundsItsRows(long seed) throws SQLException {
        Name tenant = new Name("awake-" + seed);
        SplittableRandom random = new SplittableRandom(seed);
        ActorRef<GuardCommand> guard = wake(tenant);
        put(guard);
        for (int i = 0; i < 900; i++) {
            change(guard, i, random);
            if (i % 30 == 0) {
                on().sweeper.sweepOnce();
            }
        }
        CircuitReply circuits = ask(guard, GuardCommand.ShowCircuits::new);
        putToSleep(guard);

        assertThat(recovered(tenant).circuits()).isEqualTo(circuits);
        // The snapshot before the last, what came after it, and at most one round of changes before the sweep.
        assertThat(rows(tenant).events()).isLessThanOrEqualTo(400 + 30);
    }
}
