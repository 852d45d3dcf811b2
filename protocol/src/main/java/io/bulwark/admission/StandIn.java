package io.bulwark.admission;

import io.bulwark.circuit.Outcome;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand.Acquire;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.GuardCommand.PermitCircuit;
import io.bulwark.guard.GuardCommand.ReportCircuit;
import io.bulwark.guard.GuardSilentException.Why;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One node's answers for a tenant whose guard cannot be asked: the rule of a {@link TenantGuard}, fed with the last
 * known policy cut to this node's {@link NodeShare}, and nothing journalled.
 *
 * <p>All of it is soft. Its limits start full, its circuits start closed, whatever the guard's were and whatever mode
 * an operator had set; its calls in flight are those of this node, and duplicates that meet on different nodes find
 * each other in the ledger. The share stays what it was when the stand-in was made.
 */
public final class StandIn {
    /** What the permits of a stand-in begin with; a guard's are hexadecimal and never do. */
    private static final String PERMIT = "stand-in-";

    private final LastKnown known;
    private final TenantGuard guard;

    /**
     * @param members how many nodes share, this one included
     * @param firstPermit random, so that permits of an earlier stand-in are unknown to this one
     */
    public StandIn(LastKnown known, int members, long firstPermit, Instant now) {
        this.known = known;
        this.guard = new TenantGuard(GuardState.EMPTY, firstPermit, now);
        guard.applied(new GuardEvent.PolicyPut(known.version(), NodeShare.of(known.policy(), members)), now);
    }

    /** Whether a permit is one of a stand-in. */
    public static boolean gave(String permit) {
        return permit.startsWith(PERMIT);
    }

    /** Why this node must not say whether a call may be made, if it must not. A suspended tenant's may always be refused. */
    public Optional<Why> silentOn(Admit call) {
        return silentOn(known.policy().limitsFor(call.service()).stream());
    }

    /** Why this node must not decide over these limits, if it must not. */
    public Optional<Why> silentOn(Acquire ask) {
        return silentOn(ask.items().stream().flatMap(item -> known.policy().limit(item.limit()).stream()));
    }

    /** Why this node must not say whether a call may be made as far as its circuit is concerned, if it must not. */
    public Optional<Why> silentOn(PermitCircuit ask) {
        return silentOn(Stream.empty());
    }

    private Optional<Why> silentOn(Stream<LimitPolicy> limits) {
        TenantPolicy policy = known.policy();
        if (policy.status() != TenantStatus.ACTIVE) {
            return Optional.empty();
        }
        if (policy.onGuardUnavailable() == OnGuardUnavailable.REFUSE) {
            return Optional.of(Why.POLICY_REFUSES);
        }
        return limits.allMatch(NodeShare::mayDecide) ? Optional.empty() : Optional.of(Why.STRICT_LIMIT);
    }

    /** Whether a call may be made; {@link #silentOn} has been asked before. */
    public Admitting admit(Admit call, Instant now) {
        return switch (taken(guard.admit(call, now), now)) {
            case Admitting.Answered(Admission.Admitted admitted) -> new Admitting.Answered(ours(admitted));
            case Admitting other -> other;
        };
    }

    /** A call that this stand-in admitted has ended; those who waited for it are to be woken. */
    public List<Wake> settle(String permit, Outcome outcome, Duration took, Instant now) {
        return taken(guard.settle(theirs(permit), outcome, took, now), now);
    }

    /** Decisions over limits; {@link #silentOn} has been asked before. */
    public LimitReply acquire(Acquire ask, Instant now) {
        return taken(guard.limits().acquire(ask.items(), now), now);
    }

    /** Whether a call may be made as far as its circuit is concerned; {@link #silentOn} has been asked before. */
    public CircuitReply permitCircuit(PermitCircuit ask, Instant now) {
        return switch (taken(guard.permitCircuit(ask.service(), ask.lease(), now), now)) {
            case CircuitReply.Permitted(String permit, var state) -> new CircuitReply.Permitted(PERMIT + permit, state);
            case CircuitReply other -> other;
        };
    }

    /** How a call that this stand-in permitted ended. */
    public CircuitReply reportCircuit(ReportCircuit report, Instant now) {
        return taken(
                guard.reportCircuit(report.service(), theirs(report.permit()), report.outcome(), report.took(), now),
                now);
    }

    /** The policy as it was last known, uncut. */
    public PolicyReply showPolicy() {
        return new PolicyReply.Shown(known.policy(), known.version());
    }

    /** Gives back what was lost, and tells those whose wait is over. Safe to call at any time. */
    public List<Wake> lapse(Instant now) {
        return guard.lapse(now);
    }

    /** When {@link #lapse} has something to do next; empty when no permit is out and nobody waits. */
    public Optional<Instant> nextLapse() {
        return guard.nextLapse();
    }

    /** There is no journal: what a guard would make durable holds at once. */
    private <V> V taken(Step<GuardEvent, V> step, Instant now) {
        step.events().forEach(event -> guard.applied(event, now));
        return step.verdict();
    }

    private static Admission ours(Admission.Admitted admitted) {
        return new Admission.Admitted(
                PERMIT + admitted.permit(),
                admitted.limits(),
                admitted.delay(),
                admitted.idempotency(),
                admitted.legacyHeaders());
    }

    private static String theirs(String permit) {
        return gave(permit) ? permit.substring(PERMIT.length()) : "";
    }
}
