package io.bulwark.node.guard;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Join;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.bulwark.grammar.Name;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.LimitReply.Result;
import io.bulwark.guard.PolicyReply;
import io.bulwark.http.wire.EventLoops;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two members in one JVM, with real remoting between them. */
class RelayTest {
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final Name REQUESTS = new Name("requests");
    private static final int TENANTS = 40;

    /** How often guards asked what time it is: on a thread of connections, and elsewhere. */
    private static final LongAdder ASKED_ON_LOOPS = new LongAdder();

    private static final LongAdder ASKED_ELSEWHERE = new LongAdder();

    private static final ActorTestKit ONE = ActorTestKit.create("relay", config());
    private static final ActorTestKit OTHER = ActorTestKit.create("relay", config());
    private static final ShardedGuards ON_ONE = guards(ONE);
    private static final ShardedGuards ON_OTHER = guards(OTHER);

    private static Config config() {
        return ConfigFactory.defaultOverrides()
                .withFallback(ConfigFactory.parseString("""
                        akka.remote.artery.canonical.port = 0
                        akka.remote.artery.canonical.hostname = "127.0.0.1"
                        akka.cluster.configuration-compatibility-check.checkers.bulwark = ""
                        akka.cluster.downing-provider-class = ""
                        akka.persistence.journal.plugin = "akka.persistence.journal.inmem"
                        akka.persistence.snapshot-store.plugin = "akka.persistence.snapshot-store.local"
                        akka.persistence.snapshot-store.local.dir = "target/relay-snapshots"
                        """))
                .withFallback(ConfigFactory.parseResources("akka.conf"))
                .withFallback(ConfigFactory.defaultReferenceUnresolved())
                .resolve();
    }

    private static ShardedGuards guards(ActorTestKit member) {
        Cluster cluster = Cluster.get(member.system());
        cluster.manager()
                .tell(Join.create(Cluster.get(ONE.system()).selfMember().address()));
        GuardActor.Surroundings around = new GuardActor.Surroundings(
                RelayTest::now, new Random(1), new NoDirectory(), (tenant, service, event) -> {});
        return ShardedGuards.start(member.system(), around, Duration.ofMillis(1));
    }

    private static Instant now() {
        (EventLoops.current().isPresent() ? ASKED_ON_LOOPS : ASKED_ELSEWHERE).increment();
        return InstantSource.system().instant();
    }

    @BeforeAll
    static void tenantsLiveOnBothMembers() {
        Awaitility.await().atMost(WITHIN).until(() -> membersUp(ONE) == 2 && membersUp(OTHER) == 2);
        IntStream.range(0, TENANTS).forEach(number -> put(tenant(number)));
        Awaitility.await()
                .atMost(WITHIN)
                .until(() -> guardsOn(OTHER) > 0
                        && guardsOn(ONE) > 0
                        && guardsOn(ONE) + guardsOn(OTHER) == TENANTS
                        && relay().isPresent());
    }

    @AfterAll
    static void stop() {
        OTHER.shutdownTestKit();
        ONE.shutdownTestKit();
    }

    @Test
    void ask_manyTenantsFromBothMembers_eachQuestionIsAnsweredOnceByItsGuard() {
        var answers = IntStream.range(0, TENANTS * 10)
                .mapToObj(i -> acquire(i % 2 == 0 ? ON_ONE : ON_OTHER, tenant(i / 10)))
                .toList();
        answers.forEach(RelayTest::get);
        for (int number = 0; number < TENANTS; number++) {
            long left = remaining(get(acquire(ON_ONE, tenant(number))));
            assertThat(left).as("of tenant %d, after 11 of 1,000", number).isEqualTo(989);
        }
    }

    @Test
    void ask_unknownTenant_isAnsweredThroughTheRelayToo() {
        var command = new GuardCommand.Acquire(ONE.system().ignoreRef(), List.of(new GuardCommand.Item(REQUESTS, 1)));
        CompletionStage<LimitReply> answer = relay().orElseThrow()
                .ask(address(OTHER), new Name("nobody"), command, WITHIN)
                .orElseThrow();
        assertThat(get(answer)).isInstanceOf(LimitReply.UnknownTenant.class);
    }

    @Test
    void ask_memberThatIsNotKnown_isLeftToSharding() {
        var command = new GuardCommand.Acquire(ONE.system().ignoreRef(), List.of(new GuardCommand.Item(REQUESTS, 1)));
        Address nowhere = new Address("akka", "relay", "127.0.0.1", 1);
        assertThat(relay().orElseThrow().ask(nowhere, tenant(1), command, WITHIN))
                .isEmpty();
    }

    /** A guard elsewhere would decide the same, and wake two threads for it. */
    @Test
    void guards_runOnTheThreadsOfConnections() {
        long before = ASKED_ON_LOOPS.sum();

        get(acquire(ON_ONE, new Name("nobody")));

        assertThat(ASKED_ON_LOOPS.sum()).isGreaterThan(before);
        assertThat(ASKED_ELSEWHERE.sum()).isZero();
    }

    private static java.util.Optional<Relay> relay() {
        Relay relay = ON_ONE.relay();
        return relay.knows(address(OTHER)) ? java.util.Optional.of(relay) : java.util.Optional.empty();
    }

    private static Address address(ActorTestKit member) {
        return Cluster.get(member.system()).selfMember().address();
    }

    private static long membersUp(ActorTestKit member) {
        var members = Cluster.get(member.system()).state().getMembers();
        return java.util.stream.StreamSupport.stream(members.spliterator(), false)
                .filter(each -> each.status().equals(akka.cluster.MemberStatus.up()))
                .count();
    }

    private static int guardsOn(ActorTestKit member) {
        return ON_ONE.census()
                .on(address(member))
                .map(GuardCensus.Count::guards)
                .orElse(0);
    }

    private static Name tenant(int number) {
        return new Name("tenant-" + number);
    }

    private static void put(Name tenant) {
        LimitPolicy limit = new LimitPolicy(
                REQUESTS, Algorithm.FIXED_WINDOW, 1_000, 1_000, Duration.ofDays(1), Durability.SOFT, Mode.ENFORCE);
        TenantPolicy policy = new TenantPolicy(
                List.of(limit),
                Map.of(),
                TenantPolicy.DEFAULT.circuit(),
                TenantPolicy.DEFAULT.idempotency(),
                TenantPolicy.DEFAULT.onGuardUnavailable(),
                TenantPolicy.DEFAULT.status(),
                false);
        CompletionStage<PolicyReply> put = ON_ONE.ask(
                tenant, replyTo -> new GuardCommand.PutPolicy(replyTo, policy, new Precondition.None()), WITHIN);
        assertThat(get(put)).isInstanceOf(PolicyReply.Put.class);
    }

    private static CompletionStage<LimitReply> acquire(ShardedGuards from, Name tenant) {
        return from.ask(
                tenant,
                (ActorRef<LimitReply> replyTo) ->
                        new GuardCommand.Acquire(replyTo, List.of(new GuardCommand.Item(REQUESTS, 1))),
                WITHIN);
    }

    private static long remaining(LimitReply reply) {
        assertThat(reply).isInstanceOf(LimitReply.Decided.class);
        Result result = ((LimitReply.Decided) reply).results().getFirst();
        assertThat(result).isInstanceOf(Result.Allowed.class);
        return ((Result.Allowed) result).report().remaining();
    }

    private static <T> T get(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().get(WITHIN.toSeconds(), TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError("no answer", e);
        }
    }
}
