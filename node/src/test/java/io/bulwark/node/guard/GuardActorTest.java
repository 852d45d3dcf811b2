package io.bulwark.node.guard;

import static org.assertj.core.api.Assertions.assertThat;

import akka.Done;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.persistence.testkit.javadsl.EventSourcedBehaviorTestKit;
import com.typesafe.config.ConfigFactory;
import io.bulwark.admission.GuardEvent;
import io.bulwark.admission.GuardState;
import io.bulwark.circuit.CircuitEvent;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.circuit.CircuitState;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The actor around the rule: what is durable, what a restart brings back, and who is answered when. */
class GuardActorTest {
    private static final ActorTestKit KIT = ActorTestKit.create(
            "guards",
            EventSourcedBehaviorTestKit.config()
                    .withFallback(ConfigFactory.parseString("akka.actor.serialization-bindings {"
                            + " \"io.bulwark.wire.CborMessage\" = jackson-cbor }"))
                    .withFallback(ConfigFactory.load()));
    private static final Name ACME = new Name("acme");
    private static final Name PAYMENTS = new Name("payments");
    private static final Duration LEASE = Duration.ofSeconds(10);

    private final Directory directory = new Directory();
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private EventSourcedBehaviorTestKit<GuardCommand, GuardEvent, GuardState> guard = kit();

    /** What was told to the directory, by tenant. */
    private static final class Directory implements TenantDirectory {
        private final ConcurrentMap<Name, LastKnown> entries = new ConcurrentHashMap<>();

        @Override
        public CompletionStage<Void> put(Name tenant, long version, TenantPolicy policy) {
            entries.put(tenant, new LastKnown(version, policy));
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> remove(Name tenant, long version) {
            entries.remove(tenant);
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<List<Entry>> list(Optional<Name> after, int limit) {
            return CompletableFuture.failedStage(new IllegalStateException("A guard does not list tenants"));
        }

        @Override
        public CompletionStage<Optional<LastKnown>> find(Name tenant) {
            return CompletableFuture.completedStage(Optional.ofNullable(entries.get(tenant)));
        }
    }

    private EventSourcedBehaviorTestKit<GuardCommand, GuardEvent, GuardState> kit() {
        return EventSourcedBehaviorTestKit.create(
                KIT.system(),
                GuardActor.create(
                        ACME, new GuardActor.Surroundings(() -> now, new Random(7), directory, (_, _, _) -> {})));
    }

    @BeforeEach
    void startEmpty() {
        guard.clear();
    }

    @AfterAll
    static void stop() {
        KIT.shutdownTestKit();
    }

    private static TenantPolicy policy(LimitPolicy... limits) {
        return new TenantPolicy(
                List.of(limits),
                Map.of(),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                OnGuardUnavailable.ADMIT,
                TenantStatus.ACTIVE,
                false);
    }

    private static LimitPolicy limit(long capacity, Durability durability) {
        return new LimitPolicy(
                new Name("requests"),
                Algorithm.TOKEN_BUCKET,
                capacity,
                1,
                Duration.ofDays(1),
                durability,
                Mode.ENFORCE);
    }

    private void put(TenantPolicy policy) {
        PolicyReply reply = guard.<PolicyReply>runCommand(
                        replyTo -> new GuardCommand.PutPolicy(replyTo, policy, new Precondition.None()))
                .reply();
        assertThat(reply).isInstanceOf(PolicyReply.Put.class);
    }

    private Admission call() {
        return guard.<Admission>runCommand(replyTo ->
                        new GuardCommand.Admit(replyTo, PAYMENTS, Optional.empty(), LEASE, Duration.ZERO, true))
                .reply();
    }

    private void fail(Admission admitted) {
        String permit = ((Admission.Admitted) admitted).permit();
        guard.runCommand(new GuardCommand.Settle(permit, Outcome.FAILURE, Duration.ofMillis(3)));
    }

    @Test
    void putPolicy_restarted_isStillThereWithItsVersion() {
        put(policy(limit(5, Durability.SOFT)));

        guard.restart();

        PolicyReply shown =
                guard.<PolicyReply>runCommand(GuardCommand.ShowPolicy::new).reply();
        assertThat(shown).isEqualTo(new PolicyReply.Shown(policy(limit(5, Durability.SOFT)), 1));
        assertThat(directory.entries)
                .containsEntry(ACME, new TenantDirectory.LastKnown(1, policy(limit(5, Durability.SOFT))));
    }

    @Test
    void deletePolicy_restarted_isUnknownAndItsVersionIsNotUsedAgain() {
        put(policy());
        guard.<PolicyReply>runCommand(replyTo -> new GuardCommand.DeletePolicy(replyTo, new Precondition.None()));

        guard.restart();

        assertThat(call()).isEqualTo(new Admission.UnknownTenant());
        assertThat(directory.entries).isEmpty();
        put(policy());
        assertThat(guard.getState().version()).isEqualTo(3);
    }

    @Test
    void circuit_trippedAndRestarted_isStillOpen() {
        put(policy());
        for (int i = 0; i < CircuitPolicy.DEFAULT.trip().consecutiveFailures(); i++) {
            fail(call());
        }

        guard.restart();

        assertThat(call()).isInstanceOf(Admission.CircuitOpen.class);
        now = now.plus(CircuitPolicy.DEFAULT.openFor());
        assertThat(call()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void circuit_tripped_journalsTheTransitionAndNotTheSamples() {
        put(policy());
        for (int i = 0; i < CircuitPolicy.DEFAULT.trip().consecutiveFailures() - 1; i++) {
            fail(call());
        }
        Admission last = call();

        var result = guard.runCommand(
                new GuardCommand.Settle(((Admission.Admitted) last).permit(), Outcome.FAILURE, Duration.ofMillis(3)));

        assertThat(result.events())
                .singleElement()
                .isInstanceOfSatisfying(
                        GuardEvent.CircuitChanged.class,
                        changed -> assertThat(changed.event()).isInstanceOf(CircuitEvent.Opened.class));
    }

    @Test
    void circuitMode_setAndRestarted_staysSet() {
        put(policy());
        guard.<CircuitReply>runCommand(
                replyTo -> new GuardCommand.SetCircuitMode(replyTo, PAYMENTS, CircuitMode.FORCED_OPEN, "release"));

        guard.restart();

        CircuitReply.Shown shown = (CircuitReply.Shown)
                guard.<CircuitReply>runCommand(GuardCommand.ShowCircuits::new).reply();
        assertThat(shown.circuits()).singleElement().satisfies(view -> {
            assertThat(view.mode()).isEqualTo(CircuitMode.FORCED_OPEN);
            assertThat(view.state()).isEqualTo(CircuitState.OPEN);
            assertThat(view.why()).isEqualTo("release");
        });
    }

    @Test
    void strictLimit_restartedAtEveryStep_neverOverAdmits() {
        put(policy(limit(60, Durability.STRICT)));
        int admitted = 0;
        for (int i = 0; i < 90; i++) {
            admitted += call() instanceof Admission.Admitted ? 1 : 0;
            if (i % 7 == 0) {
                guard.restart();
            }
        }

        assertThat(admitted).isBetween(20, 60);
    }

    @Test
    void softLimit_restarted_startsFresh() {
        put(policy(limit(5, Durability.SOFT)));
        for (int i = 0; i < 5; i++) {
            assertThat(call()).isInstanceOf(Admission.Admitted.class);
        }
        assertThat(call()).isInstanceOf(Admission.Limited.class);

        guard.restart();

        assertThat(call()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void acquire_batch_isAnsweredInOrder() {
        put(policy(limit(5, Durability.STRICT)));
        Name requests = new Name("requests");

        LimitReply reply = guard.<LimitReply>runCommand(replyTo -> new GuardCommand.Acquire(
                        replyTo, List.of(new GuardCommand.Item(requests, 4), new GuardCommand.Item(requests, 4))))
                .reply();

        assertThat(((LimitReply.Decided) reply).results())
                .extracting(result -> result.getClass().getSimpleName())
                .containsExactly("Allowed", "Denied");
    }

    @Test
    void duplicate_waiting_isAnsweredWhenTheFirstSettles() {
        var behaviour = GuardActor.create(
                new Name("waiting"), new GuardActor.Surroundings(() -> now, new Random(7), directory, (_, _, _) -> {}));
        var actor = KIT.spawn(behaviour);
        TestProbe<PolicyReply> put = KIT.createTestProbe();
        actor.tell(new GuardCommand.PutPolicy(put.getRef(), policy(), new Precondition.None()));
        put.receiveMessage();
        TestProbe<Admission> first = KIT.createTestProbe();
        TestProbe<Admission> second = KIT.createTestProbe();
        var keyed = Optional.of(new GuardCommand.Keyed(new IdempotencyKey("k"), new Fingerprint("f")));
        Duration wait = Duration.ofSeconds(30);

        actor.tell(new GuardCommand.Admit(first.getRef(), PAYMENTS, keyed, LEASE, wait, true));
        Admission.Admitted admitted = first.expectMessageClass(Admission.Admitted.class);
        actor.tell(new GuardCommand.Admit(second.getRef(), PAYMENTS, keyed, LEASE, wait, true));
        actor.tell(new GuardCommand.Settle(admitted.permit(), Outcome.SUCCESS, Duration.ZERO));

        second.expectMessageClass(Admission.FirstFinished.class);
    }

    @Test
    void sleep_limitPartlySpent_isParkedAndGoesOnWhereItWas() {
        Name sleepy = new Name("sleepy");
        var around = new GuardActor.Surroundings(() -> now, new Random(7), directory, (_, _, _) -> {});
        var actor = KIT.spawn(GuardActor.create(sleepy, around));
        TestProbe<PolicyReply> put = KIT.createTestProbe();
        actor.tell(
                new GuardCommand.PutPolicy(put.getRef(), policy(limit(1, Durability.SOFT)), new Precondition.None()));
        put.receiveMessage();
        TestProbe<Admission> calls = KIT.createTestProbe();
        var call = new GuardCommand.Admit(calls.getRef(), PAYMENTS, Optional.empty(), LEASE, Duration.ZERO, true);
        actor.tell(call);
        calls.expectMessageClass(Admission.Admitted.class);

        actor.tell(new GuardCommand.Sleep());
        TestProbe<Done> watcher = KIT.createTestProbe();
        watcher.expectTerminated(actor, Duration.ofSeconds(20));

        KIT.spawn(GuardActor.create(sleepy, around)).tell(call);
        calls.expectMessageClass(Admission.Limited.class);
    }
}
