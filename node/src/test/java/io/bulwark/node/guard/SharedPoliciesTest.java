package io.bulwark.node.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.admission.GuardEvent.CircuitChanged;
import io.bulwark.admission.GuardEvent.PolicyDeleted;
import io.bulwark.admission.GuardEvent.PolicyPut;
import io.bulwark.admission.GuardState;
import io.bulwark.circuit.CircuitEvent;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Equal policies are one, wherever they come from; everything else passes unchanged. */
class SharedPoliciesTest {
    private final SharedPolicies policies = new SharedPolicies();

    private static TenantPolicy policy(long capacity) {
        LimitPolicy limit = new LimitPolicy(
                new Name("requests"),
                Algorithm.TOKEN_BUCKET,
                capacity,
                1,
                Duration.ofSeconds(1),
                Durability.SOFT,
                Mode.ENFORCE);
        return new TenantPolicy(
                List.of(limit),
                Map.of(),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                OnGuardUnavailable.ADMIT,
                TenantStatus.ACTIVE,
                false);
    }

    private static TenantPolicy policyOf(GuardState state) {
        return state.policy().orElseThrow();
    }

    @Test
    void policy_equalInEventAndSnapshot_isOneInstance() {
        GuardState put = GuardState.EMPTY.apply(policies.shared(new PolicyPut(1, policy(100))));
        GuardState restored = policies.fromJournal(GuardState.EMPTY.apply(new PolicyPut(7, policy(100))));
        GuardState other = GuardState.EMPTY.apply(policies.shared(new PolicyPut(1, policy(101))));

        assertThat(policyOf(restored)).isSameAs(policyOf(put));
        assertThat(policyOf(other)).isEqualTo(policy(101));
    }

    @Test
    void state_throughASnapshot_isEqual() {
        CircuitChanged changed = new CircuitChanged(
                new Name("payments"), new CircuitEvent.ModeSet(Instant.EPOCH, CircuitMode.FORCED_OPEN, "upgrade"));
        GuardState state = GuardState.EMPTY.apply(new PolicyPut(3, policy(100))).apply(changed);

        assertThat(policies.fromJournal(policies.toJournal(state))).isEqualTo(state);
        assertThat(policies.fromJournal(policies.toJournal(GuardState.EMPTY))).isEqualTo(GuardState.EMPTY);
    }

    @Test
    void event_withoutAPolicy_isLeftAsItIs() {
        PolicyDeleted deleted = new PolicyDeleted(4);

        assertThat(policies.shared(deleted)).isSameAs(deleted);
    }
}
