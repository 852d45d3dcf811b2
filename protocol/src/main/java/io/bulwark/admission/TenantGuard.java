package io.bulwark.admission;

import io.bulwark.admission.GuardEvent.CircuitChanged;
import io.bulwark.admission.LimitTable.Part;
import io.bulwark.admission.Permits.Permit;
import io.bulwark.circuit.Circuit;
import io.bulwark.circuit.CircuitEvent;
import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.CircuitPermission;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.GuardCommand.Keyed;
import io.bulwark.guard.LimitReport;
import io.bulwark.guard.PolicyReply;
import io.bulwark.idempotency.InFlight;
import io.bulwark.ratelimit.Level;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import io.bulwark.wire.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The rule of one tenant's guard, without actor, clock or journal: each question is answered by a step whose events
 * must be durable, and given to {@link #applied}, before the verdict is told. Its hard state is {@link GuardState}; the
 * rest is soft and changes as it decides. Losing the soft part costs: one burst of each soft limit, the samples of the
 * circuits, the calls in flight (their duplicates then find each other in the ledger), the permits that were out.
 *
 * <p>A call is asked in this order: is the tenant active, do its limits allow it, is the same key in flight, does the
 * circuit let it through. Nothing is spent unless all of them say yes; a duplicate that waits is charged like any call,
 * and holds no concurrency and no permit.
 */
public final class TenantGuard {
    /** What a caller is told to wait when a bound of the guard itself is hit. */
    static final Duration OVERLOADED_RETRY = Duration.ofSeconds(1);

    private final Permits permits;
    private final InFlight inFlight = new InFlight();
    private final Reservations reservations = new Reservations();
    /** What those who wait want to call, so that their answer says where its limits stand. */
    private Map<Long, Name> waiting = Map.of();

    private GuardState state;
    private LimitTable limits;
    private CircuitTable circuits;

    /**
     * A guard as its journal says, with everything soft empty.
     *
     * @param firstPermit the number of its first permit; random, so that permits of an earlier incarnation are unknown
     */
    public TenantGuard(GuardState state, long firstPermit, Instant now) {
        this.state = state;
        this.permits = new Permits(firstPermit & Long.MAX_VALUE);
        this.limits = new LimitTable(policy(), state.levels(), now);
        this.circuits = new CircuitTable(state.circuits());
    }

    /** What is to be journalled adds up to this. */
    public GuardState state() {
        return state;
    }

    /** Takes in an event that is durable now. */
    public void applied(GuardEvent event, Instant now) {
        state = state.apply(event);
        switch (event) {
            case GuardEvent.PolicyPut put -> limits = limits.under(put.policy(), state.levels(), now);
            case GuardEvent.PolicyDeleted _ -> {
                limits = new LimitTable(policy(), Map.of(), now);
                circuits = new CircuitTable(Map.of());
            }
            case CircuitChanged(Name service, CircuitEvent changed) ->
                circuits.put(service, circuits.get(service, now).apply(changed));
            // The level is in place since the decision; only the journal had to follow.
            case GuardEvent.LimitReserved _, GuardEvent.LevelsParked _ -> {}
        }
    }

    /** Whether a call may be made. */
    public Step<GuardEvent, Admitting> admit(Admit call, Instant now) {
        Optional<Admission> refusal = refusal();
        if (refusal.isPresent()) {
            return answered(refusal.get());
        }
        long permit = permits.number();
        Instant until = now.plus(call.lease());
        List<Part> parts =
                call.charge() ? limits.trial(call.service(), permit, until, now) : limits.peek(call.service(), now);
        if (parts.stream().anyMatch(Part::refuses)) {
            return answered(limited(parts, limits.peek(call.service(), now)));
        }
        return call.keyed().isPresent()
                ? admitKeyed(call, call.keyed().get(), parts, permit, until, now)
                : pass(call, parts, permit, until, now);
    }

    private Optional<Admission> refusal() {
        if (state.policy().isEmpty()) {
            return Optional.of(new Admission.UnknownTenant());
        }
        if (suspended().isPresent()) {
            return Optional.of(new Admission.Suspended(suspended().get()));
        }
        return permits.full() ? Optional.of(new Admission.Overloaded(OVERLOADED_RETRY)) : Optional.empty();
    }

    private Admission limited(List<Part> parts, List<Part> unspent) {
        List<Name> violated = new ArrayList<>();
        Duration retryAfter = Duration.ZERO;
        for (Part part : parts) {
            if (part.refuses()) {
                violated.add(part.limit());
                Duration wait = part.decision().retryAfter();
                retryAfter = wait.compareTo(retryAfter) > 0 ? wait : retryAfter;
            }
        }
        return new Admission.Limited(
                LimitTable.reports(unspent), violated, retryAfter, policy().legacyRateLimitHeaders());
    }

    private Step<GuardEvent, Admitting> admitKeyed(
            Admit call, Keyed keyed, List<Part> parts, long permit, Instant until, Instant now) {
        return switch (inFlight.look(keyed.key(), keyed.fingerprint(), now)) {
            case InFlight.Verdict.First() -> pass(call, parts, permit, until, now);
            case InFlight.Verdict.Full(Duration retryAfter) -> answered(new Admission.Overloaded(retryAfter));
            case InFlight.Verdict.Reused() -> answered(new Admission.KeyReused());
            case InFlight.Verdict.Duplicate(Instant _) -> await(call, keyed, parts, permit, now);
        };
    }

    private Step<GuardEvent, Admitting> await(Admit call, Keyed keyed, List<Part> parts, long waiter, Instant now) {
        Instant atLatest = now.plus(call.waitAtMost());
        boolean waits = !call.waitAtMost().isZero()
                && inFlight.await(keyed.key(), waiter, atLatest, now) instanceof InFlight.Waiting.Noted;
        List<GuardEvent> events = limits.commit(limits.spent(parts));
        if (waits) {
            waiting = waiting.isEmpty() ? new HashMap<>() : waiting;
            waiting.put(waiter, call.service());
        }
        return new Step<>(
                events,
                waits
                        ? new Admitting.Waiting(waiter, atLatest)
                        : new Admitting.Answered(
                                new Admission.StillInFlight(LimitTable.reports(parts), OVERLOADED_RETRY)));
    }

    private Step<GuardEvent, Admitting> pass(Admit call, List<Part> parts, long permit, Instant until, Instant now) {
        if (!circuits.hasRoomFor(call.service())) {
            return answered(new Admission.Overloaded(OVERLOADED_RETRY));
        }
        Circuit circuit = circuits.get(call.service(), now);
        return switch (circuit.permit(policy().circuit(), permit, now)) {
            case CircuitPermission.Refused(Duration retryAfter) ->
                answered(new Admission.CircuitOpen(LimitTable.reports(limits.peek(call.service(), now)), retryAfter));
            case CircuitPermission.Permitted(Circuit next, boolean _) -> {
                circuits.put(call.service(), next);
                call.keyed().ifPresent(keyed -> inFlight.begin(keyed.key(), keyed.fingerprint(), permit, until, now));
                permits.add(new Permit(
                        permit,
                        call.service(),
                        until,
                        limits.held(parts),
                        call.keyed().isPresent()));
                yield admitted(parts, permit);
            }
        };
    }

    private Step<GuardEvent, Admitting> admitted(List<Part> parts, long permit) {
        Duration delay = Duration.ZERO;
        for (Part part : parts) {
            if (part.decision().allowed() && part.decision().delay().compareTo(delay) > 0) {
                delay = part.decision().delay();
            }
        }
        TenantPolicy policy = policy();
        return new Step<>(
                limits.commit(parts),
                new Admitting.Answered(new Admission.Admitted(
                        Permits.written(permit),
                        LimitTable.reports(parts),
                        delay,
                        policy.idempotency(),
                        policy.legacyRateLimitHeaders())));
    }

    /** A call has ended; those who waited for it are to be woken. A permit that is not out is ignored. */
    public Step<GuardEvent, List<Wake>> settle(String written, Outcome outcome, Duration took, Instant now) {
        Optional<Permit> out = permits.remove(Permits.read(written));
        if (out.isEmpty()) {
            return Step.of(List.of());
        }
        Permit permit = out.get();
        limits.release(permit.held(), permit.id(), now);
        List<GuardEvent> events = report(permit, outcome, took, now);
        return new Step<>(events, permit.keyed() ? finished(permit, now) : List.of());
    }

    private List<GuardEvent> report(Permit permit, Outcome outcome, Duration took, Instant now) {
        Step<CircuitEvent, Circuit> step =
                circuits.get(permit.service(), now).settle(policy().circuit(), permit.id(), outcome, took, now);
        circuits.put(permit.service(), step.verdict());
        List<GuardEvent> events = new ArrayList<>(step.events().size());
        step.events().forEach(event -> events.add(new CircuitChanged(permit.service(), event)));
        return events;
    }

    private List<Wake> finished(Permit permit, Instant now) {
        return inFlight.finish(permit.id()).stream()
                .map(waiter -> new Wake(waiter, new Admission.FirstFinished(limitsOf(waiter, now))))
                .toList();
    }

    private List<LimitReport> limitsOf(long waiter, Instant now) {
        Name service = waiting.isEmpty() ? null : waiting.remove(waiter);
        return service == null ? List.of() : LimitTable.reports(limits.peek(service, now));
    }

    /** Gives back what was lost, and tells those whose wait is over. Safe to call at any time. */
    public List<Wake> lapse(Instant now) {
        List<Wake> wakes = new ArrayList<>();
        for (Permit permit : permits.lost(now)) {
            circuits.put(permit.service(), circuits.get(permit.service(), now).giveBack(permit.id()));
            limits.release(permit.held(), permit.id(), now);
            wakes.addAll(finished(permit, now));
        }
        for (long waiter : inFlight.lapse(now).timedOut()) {
            wakes.add(new Wake(waiter, new Admission.StillInFlight(limitsOf(waiter, now), OVERLOADED_RETRY)));
        }
        circuits.forgetWhatIsOver(policy().circuit(), now);
        return wakes;
    }

    /** When {@link #lapse} has something to do next, if nothing else happens. */
    public Optional<Instant> nextLapse() {
        Optional<Instant> permit = permits.earliestDue();
        Optional<Instant> waiter = inFlight.nextLapse();
        if (permit.isEmpty() || waiter.isEmpty()) {
            return permit.or(() -> waiter);
        }
        return permit.get().isBefore(waiter.get()) ? permit : waiter;
    }

    /** Decisions over limits alone. */
    public LimitDesk limits() {
        return new LimitDesk(this, limits, permits, reservations);
    }

    /** Whether a call to a service may be made as far as its circuit is concerned. */
    public Step<GuardEvent, CircuitReply> permitCircuit(Name service, Duration lease, Instant now) {
        if (state.policy().isEmpty()) {
            return Step.of(new CircuitReply.UnknownTenant());
        }
        if (suspended().isPresent()) {
            return Step.of(new CircuitReply.Suspended(suspended().get()));
        }
        if (permits.full() || !circuits.hasRoomFor(service)) {
            return Step.of(new CircuitReply.Overloaded(OVERLOADED_RETRY));
        }
        long permit = permits.number();
        return switch (circuits.get(service, now).permit(policy().circuit(), permit, now)) {
            case CircuitPermission.Refused(Duration retryAfter) -> Step.of(new CircuitReply.Open(retryAfter));
            case CircuitPermission.Permitted(Circuit next, boolean _) -> {
                circuits.put(service, next);
                permits.add(new Permit(permit, service, now.plus(lease), List.of(), false));
                yield Step.of(new CircuitReply.Permitted(Permits.written(permit), next.state(now)));
            }
        };
    }

    /** How a call permitted by {@link #permitCircuit} ended. */
    public Step<GuardEvent, CircuitReply> reportCircuit(
            Name service, String permit, Outcome outcome, Duration took, Instant now) {
        if (state.policy().isEmpty()) {
            return Step.of(new CircuitReply.UnknownTenant());
        }
        if (!permits.isOut(Permits.read(permit), service)) {
            return Step.of(new CircuitReply.UnknownPermit());
        }
        return new Step<>(settle(permit, outcome, took, now).events(), new CircuitReply.Done());
    }

    /** Where the tenant's circuits stand. */
    public CircuitReply showCircuits(Instant now) {
        return state.policy().isEmpty()
                ? new CircuitReply.UnknownTenant()
                : new CircuitReply.Shown(circuits.views(policy().circuit(), now));
    }

    /** An operator decides over a circuit. */
    public Step<GuardEvent, CircuitReply> setCircuitMode(Name service, CircuitMode mode, String reason, Instant now) {
        if (state.policy().isEmpty()) {
            return Step.of(new CircuitReply.UnknownTenant());
        }
        if (!circuits.hasRoomFor(service)) {
            return Step.of(new CircuitReply.Overloaded(OVERLOADED_RETRY));
        }
        GuardEvent event = new CircuitChanged(service, new CircuitEvent.ModeSet(now, mode, reason));
        return new Step<>(List.of(event), new CircuitReply.Done());
    }

    /** The tenant's policy. */
    public PolicyReply showPolicy() {
        return state.policy()
                .<PolicyReply>map(policy -> new PolicyReply.Shown(policy, state.version()))
                .orElseGet(PolicyReply.UnknownTenant::new);
    }

    /** Puts the tenant's policy, if the precondition holds. */
    public Step<GuardEvent, PolicyReply> putPolicy(TenantPolicy policy, Precondition precondition) {
        boolean present = state.policy().isPresent();
        if (!precondition.holds(present, state.version())) {
            return Step.of(new PolicyReply.PreconditionFailed());
        }
        long version = state.version() + 1;
        return new Step<>(List.of(new GuardEvent.PolicyPut(version, policy)), new PolicyReply.Put(version, !present));
    }

    /** Takes the tenant out, if the precondition holds. */
    public Step<GuardEvent, PolicyReply> deletePolicy(Precondition precondition) {
        if (state.policy().isEmpty()) {
            return Step.of(
                    precondition instanceof Precondition.None
                            ? new PolicyReply.UnknownTenant()
                            : new PolicyReply.PreconditionFailed());
        }
        if (!precondition.holds(true, state.version())) {
            return Step.of(new PolicyReply.PreconditionFailed());
        }
        return new Step<>(List.of(new GuardEvent.PolicyDeleted(state.version() + 1)), new PolicyReply.Deleted());
    }

    /** The journal is that of an earlier instant now: the same once more, above all versions that were given out. */
    public Step<GuardEvent, PolicyReply> restored(long versionsUsed) {
        long version = Math.max(state.version(), versionsUsed) + 1;
        return state.policy()
                .map(policy -> new Step<GuardEvent, PolicyReply>(
                        List.of(new GuardEvent.PolicyPut(version, policy)), new PolicyReply.Put(version, false)))
                .orElseGet(() -> new Step<>(List.of(new GuardEvent.PolicyDeleted(version)), new PolicyReply.Deleted()));
    }

    /** What is to be journalled before the guard goes to sleep, so that sleep gives nobody a fresh burst. */
    public List<GuardEvent> park(Instant now) {
        Map<String, Level> levels = limits.worthParking(now);
        return levels.isEmpty() ? List.of() : List.of(new GuardEvent.LevelsParked(levels));
    }

    /** Why the tenant's calls are refused, if they are. */
    Optional<TenantStatus> suspended() {
        TenantStatus status = policy().status();
        return switch (status) {
            case ACTIVE -> Optional.empty();
            case QUARANTINED, MAINTENANCE -> Optional.of(status);
        };
    }

    /** How many permits are out. */
    public int permitsOut() {
        return permits.size();
    }

    private TenantPolicy policy() {
        return state.policy().orElse(TenantPolicy.DEFAULT);
    }

    private static Step<GuardEvent, Admitting> answered(Admission reply) {
        return Step.of(new Admitting.Answered(reply));
    }
}
