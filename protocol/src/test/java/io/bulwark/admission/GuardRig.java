package io.bulwark.admission;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand;
import io.bulwark.idempotency.Fingerprint;
import io.bulwark.idempotency.IdempotencyKey;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A guard with a clock and a journal of its own, as a test drives it. */
final class GuardRig {
    static final Name PAYMENTS = new Name("payments");
    static final Duration LEASE = Duration.ofSeconds(10);

    final List<GuardEvent> journal = new ArrayList<>();
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    TenantGuard guard = new TenantGuard(GuardState.EMPTY, 1L << 40, now);

    /** A guard with this policy. */
    static GuardRig with(TenantPolicy policy) {
        GuardRig rig = new GuardRig();
        rig.take(rig.guard.putPolicy(policy, new Precondition.None()));
        return rig;
    }

    static TenantPolicy policy(TenantStatus status, LimitPolicy... limits) {
        return new TenantPolicy(
                List.of(limits),
                Map.of(),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                OnGuardUnavailable.ADMIT,
                status,
                false);
    }

    static TenantPolicy policy(LimitPolicy... limits) {
        return policy(TenantStatus.ACTIVE, limits);
    }

    static LimitPolicy limit(String name, Algorithm algorithm, long capacity, Durability durability, Mode mode) {
        return new LimitPolicy(new Name(name), algorithm, capacity, capacity, Duration.ofSeconds(10), durability, mode);
    }

    static LimitPolicy bucket(String name, long capacity) {
        return limit(name, Algorithm.TOKEN_BUCKET, capacity, Durability.SOFT, Mode.ENFORCE);
    }

    /** Makes a step durable and gives its verdict. */
    <V> V take(Step<GuardEvent, V> step) {
        for (GuardEvent event : step.events()) {
            journal.add(event);
            guard.applied(event, now);
        }
        return step.verdict();
    }

    /** Loses everything soft: a new guard from the journal alone. */
    void crash() {
        GuardState state = GuardState.EMPTY;
        for (GuardEvent event : journal) {
            state = state.apply(event);
        }
        assertThat(state).isEqualTo(guard.state());
        guard = new TenantGuard(state, (1L << 40) + (1L << 33) * journal.size(), now);
    }

    void advance(Duration time) {
        now = now.plus(time);
    }

    Admission call() {
        return answer(ask(Optional.empty(), Duration.ZERO));
    }

    Admission call(String key, String fingerprint, Duration waitAtMost) {
        return answer(askKeyed(key, fingerprint, waitAtMost));
    }

    Admitting askKeyed(String key, String fingerprint, Duration waitAtMost) {
        return ask(
                Optional.of(new GuardCommand.Keyed(new IdempotencyKey(key), new Fingerprint(fingerprint))), waitAtMost);
    }

    List<Wake> settle(Admission admitted, Outcome outcome) {
        String permit = ((Admission.Admitted) admitted).permit();
        return take(guard.settle(permit, outcome, Duration.ofMillis(5), now));
    }

    private Admitting ask(Optional<GuardCommand.Keyed> keyed, Duration waitAtMost) {
        return take(guard.admit(new GuardCommand.Admit(nobody(), PAYMENTS, keyed, LEASE, waitAtMost, true), now));
    }

    private static Admission answer(Admitting admitting) {
        assertThat(admitting).isInstanceOf(Admitting.Answered.class);
        return ((Admitting.Answered) admitting).reply();
    }

    /** The pure rule never looks at who asks. */
    static <T> ActorRef<T> nobody() {
        return akka.actor.typed.javadsl.Adapter.toTyped(akka.actor.ActorRef.noSender());
    }
}
