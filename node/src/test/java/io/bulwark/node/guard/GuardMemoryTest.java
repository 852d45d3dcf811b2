package io.bulwark.node.guard;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.sharding.typed.javadsl.ClusterSharding;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.ConfigFactory;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.node.config.Settings;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.journal.JournalSettings;
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
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a tenant that is awake costs in heap: real guards, in sharding, on the real journal, each with two limits and one
 * circuit that were used. A histogram of the classes is left in {@code target/guard-memory.txt}.
 */
@EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
class GuardMemoryTest {
    private static final int TENANTS = 10_000;
    /** At once, well below the journal's queue. */
    private static final int ROUND = 250;

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    /**
     * Measured: 4,032, while a call's lease and its samples are still held; the objects of Akka and Scala alone are 2,320
     * of that. 100,000 tenants in 400 MB would be 3,600, because a node without any takes some 40 MB.
     */
    private static final long BYTES_PER_TENANT_MAX = 4_400;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened) {
            one.close();
        }
    }

    private ActorTestKit kit(Path directory) {
        EmbeddedPostgres server = EmbeddedPostgres.start(directory, io.bulwark.persistence.embedded.Settings.DEFAULT);
        opened.push(server);
        Database database = Database.of(server);
        try (var pool = database.pool("migrations", 1)) {
            new Migrations(pool).up();
        }
        ActorTestKit kit = ActorTestKit.create(
                "memory",
                ConfigFactory.parseString("akka.remote.artery.canonical.port = 0, bulwark.guard.passivate-after = 1h")
                        .withFallback(ConfigFactory.parseMap(JournalSettings.of(database, 4)))
                        .withFallback(Settings.load(Optional.empty()).config()));
        opened.push(kit::shutdownTestKit);
        Cluster cluster = Cluster.get(kit.system());
        cluster.manager().tell(Join.create(cluster.selfMember().address()));
        ShardedGuards.start(
                kit.system(),
                new GuardActor.Surroundings(
                        InstantSource.system(), new SplittableRandom(7), new NoDirectory(), (_, _, _) -> {}),
                Duration.ZERO);
        return kit;
    }

    private static LimitPolicy limit(String name, Algorithm algorithm, long capacity, Duration per) {
        return new LimitPolicy(new Name(name), algorithm, capacity, capacity, per, Durability.SOFT, Mode.ENFORCE);
    }

    /** A new one each time, as each comes from another request. */
    private static TenantPolicy policy() {
        return new TenantPolicy(
                List.of(
                        limit("requests", Algorithm.TOKEN_BUCKET, 100, Duration.ofSeconds(1)),
                        limit("daily", Algorithm.SLIDING_WINDOW, 100_000, Duration.ofDays(1))),
                Map.of(),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                OnGuardUnavailable.ADMIT,
                TenantStatus.ACTIVE,
                false);
    }

    /** Asks the guards of a range of tenants, a round at a time. */
    private static <R> void each(
            ActorTestKit kit,
            int from,
            int to,
            BiFunction<Integer, ActorRef<R>, GuardCommand> question,
            Class<?> answer) {
        ClusterSharding sharding = ClusterSharding.get(kit.system());
        TestProbe<R> answers = kit.createTestProbe();
        for (int round = from; round < to; round += ROUND) {
            int end = Math.min(to, round + ROUND);
            for (int i = round; i < end; i++) {
                sharding.entityRefFor(ShardedGuards.TYPE, "tenant-" + i).tell(question.apply(i, answers.ref()));
            }
            assertThat(answers.receiveSeveralMessages(end - round, PATIENCE)).hasOnlyElementsOfType(answer);
        }
        answers.stop();
    }

    private static void use(ActorTestKit kit, int from, int to) {
        GuardMemoryTest.<PolicyReply>each(
                kit,
                from,
                to,
                (_, replyTo) -> new GuardCommand.PutPolicy(replyTo, policy(), new Precondition.None()),
                PolicyReply.Put.class);
        GuardMemoryTest.<LimitReply>each(
                kit,
                from,
                to,
                (_, replyTo) -> new GuardCommand.Acquire(
                        replyTo,
                        List.of(
                                new GuardCommand.Item(new Name("requests"), 1),
                                new GuardCommand.Item(new Name("daily"), 1))),
                LimitReply.Decided.class);
        String[] permits = new String[to];
        ClusterSharding sharding = ClusterSharding.get(kit.system());
        TestProbe<CircuitReply> answers = kit.createTestProbe();
        for (int i = from; i < to; i++) {
            sharding.entityRefFor(ShardedGuards.TYPE, "tenant-" + i)
                    .tell(new GuardCommand.PermitCircuit(answers.ref(), new Name("payments"), Duration.ofMinutes(1)));
            permits[i] = ((CircuitReply.Permitted) answers.receiveMessage(PATIENCE)).permit();
        }
        answers.stop();
        GuardMemoryTest.<CircuitReply>each(
                kit,
                from,
                to,
                (i, replyTo) -> new GuardCommand.ReportCircuit(
                        replyTo, new Name("payments"), permits[i], Outcome.SUCCESS, Duration.ofMillis(10)),
                CircuitReply.Done.class);
    }

    private static long heapAfterCollection() {
        System.gc();
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private static void leaveHistogram() throws IOException, JMException {
        Object histogram = ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "gcClassHistogram",
                        new Object[] {new String[0]},
                        new String[] {String[].class.getName()});
        Files.writeString(Path.of("target/guard-memory.txt"), histogram.toString());
    }

    @Test
    void guard_withTwoLimitsAndACircuitThatWereUsed_isSmall(@TempDir Path directory) throws Exception {
        ActorTestKit kit = kit(directory);
        use(kit, 0, 2_000);
        long before = heapAfterCollection();

        use(kit, 2_000, 2_000 + TENANTS);

        long perTenant = (heapAfterCollection() - before) / TENANTS;
        leaveHistogram();
        assertThat(perTenant).as("bytes per tenant").isBetween(1_000L, BYTES_PER_TENANT_MAX);
    }
}
