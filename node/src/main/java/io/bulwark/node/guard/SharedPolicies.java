package io.bulwark.node.guard;

import akka.persistence.typed.SnapshotAdapter;
import com.github.benmanes.caffeine.cache.Interner;
import io.bulwark.admission.GuardEvent;
import io.bulwark.admission.GuardEvent.PolicyPut;
import io.bulwark.admission.GuardState;
import io.bulwark.tenant.TenantPolicy;

/**
 * One instance of each policy for all guards that have an equal one: tenants are on a few plans, and a policy is half a
 * kilobyte. Held for as long as a guard has it. Whatever comes from a command or from the journal passes here.
 */
final class SharedPolicies implements SnapshotAdapter<GuardState> {
    /** For all guards, and for what is remembered of them. */
    static final SharedPolicies OF_THIS_NODE = new SharedPolicies();

    private final Interner<TenantPolicy> policies = Interner.newWeakInterner();

    /** The one instance that is equal to this. */
    TenantPolicy shared(TenantPolicy policy) {
        return policies.intern(policy);
    }

    /** The event, with the shared policy in it. */
    GuardEvent shared(GuardEvent event) {
        return event instanceof PolicyPut(long version, TenantPolicy policy)
                ? new PolicyPut(version, policies.intern(policy))
                : event;
    }

    @Override
    public Object toJournal(GuardState state) {
        return state;
    }

    @Override
    public GuardState fromJournal(Object from) {
        GuardState state = (GuardState) from;
        return new GuardState(state.version(), state.policy().map(policies::intern), state.circuits(), state.levels());
    }
}
