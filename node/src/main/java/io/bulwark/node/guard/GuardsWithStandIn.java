package io.bulwark.node.guard;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import io.bulwark.admission.StandIn;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Acquire;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.GuardCommand.DeletePolicy;
import io.bulwark.guard.GuardCommand.Lapse;
import io.bulwark.guard.GuardCommand.PermitCircuit;
import io.bulwark.guard.GuardCommand.PutPolicy;
import io.bulwark.guard.GuardCommand.ReportCircuit;
import io.bulwark.guard.GuardCommand.Reserve;
import io.bulwark.guard.GuardCommand.Restored;
import io.bulwark.guard.GuardCommand.SetCircuitMode;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.guard.GuardCommand.SettleReservation;
import io.bulwark.guard.GuardCommand.ShowCircuits;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.GuardCommand.Sleep;
import io.bulwark.guard.GuardSilentException;
import io.bulwark.guard.GuardSilentException.Why;
import io.bulwark.guard.Guards;
import io.bulwark.guard.PolicyReply;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntSupplier;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/**
 * Guards that are stood in for while they do not answer: a lost guard is not an outage.
 *
 * <p>Whether a call may be made, what limits allow, and what the policy is, is asked of the guard. If it says nothing
 * for {@code degrade-after}, it may be keeping the call waiting for another with the same key; so it is asked for its
 * policy, and only if it says nothing to that either it counts as silent. Then this node's {@link StandIn} answers, for
 * that tenant, until the guard does again. What changes something durable, and what only an operator asks, is never
 * answered in the guard's place.
 *
 * <p>An answer of the guard that comes after the stand-in's is given back: the permit in it is settled as ignored. What
 * was spent of limits stays spent there, which errs on the side of admitting too little.
 */
public final class GuardsWithStandIn implements Guards {
    /** How long a call that may be kept waiting has said nothing before its question is asked again. */
    private static final List<Duration> LOST_AFTER = List.of(Duration.ofSeconds(1), Duration.ofSeconds(3));

    private final Guards guards;
    private final Means means;
    private final StandInSettings settings;
    private final PolicyMemory policies;
    private final Absences absences;

    /**
     * What stand-ins need to know.
     *
     * @param members how many nodes share a tenant's limits now, this one included; 1 or more
     * @param ownerAway whether it is known that the guard of a tenant cannot answer, so that it is not waited for
     * @param nobody an address at which nothing arrives
     */
    record Means(
            TenantDirectory directory,
            IntSupplier members,
            Predicate<Name> ownerAway,
            InstantSource clock,
            RandomGenerator random,
            Later later,
            ActorRef<Object> nobody) {}

    /**
     * Stands in for the guards of this system.
     *
     * @param guards the way to the guards themselves
     * @param directory where policies are looked up that this node has not seen of late
     * @param members how many nodes share a tenant's limits now, this one included; 1 or more
     * @param ownerAway whether it is known that the guard of a tenant cannot answer, so that it is not waited for
     * @param degradeAfter how long a guard may be silent before it is asked whether it is there, and how long it has
     *     then to say so
     * @param refuseAfter how long a call that must not be answered in the guard's place waits for the guard
     */
    public static GuardsWithStandIn of(
            Guards guards,
            TenantDirectory directory,
            IntSupplier members,
            Predicate<Name> ownerAway,
            ActorSystem<?> system,
            InstantSource clock,
            RandomGenerator random,
            Duration degradeAfter,
            Duration refuseAfter) {
        return new GuardsWithStandIn(
                guards,
                new Means(directory, members, ownerAway, clock, random, Later.of(system), system.ignoreRef()),
                StandInSettings.of(degradeAfter, refuseAfter));
    }

    GuardsWithStandIn(Guards guards, Means means, StandInSettings settings) {
        this.guards = guards;
        this.means = means;
        this.settings = settings;
        this.policies = new PolicyMemory(means.directory(), means.clock());
        this.absences = new Absences(guards, policies, means.clock(), means.later(), settings);
    }

    /** How many guards this node stands in for. */
    public int silent() {
        return absences.silent();
    }

    /** How many stand-ins there are, with those whose guard is back and whose permits are still out. */
    int standIns() {
        return absences.size();
    }

    @Override
    public <R> CompletionStage<R> ask(Name tenant, Function<ActorRef<R>, GuardCommand> question, Duration within) {
        // Made once to see what is asked, and once more for the guard with the address that it answers to.
        GuardCommand command = question.apply(means.nobody().narrow());
        return switch (command) {
            case Admit _, Acquire _, PermitCircuit _, ShowPolicy _ ->
                new Asking<>(tenant, command, question, within).run();
            case ReportCircuit report
            when StandIn.gave(report.permit()) -> {
                CompletableFuture<R> result = new CompletableFuture<>();
                complete(result, reported(tenant, report));
                yield result;
            }
            case PutPolicy put ->
                noted(guards.ask(tenant, question, within), reply -> policies.put(tenant, put, reply));
            case DeletePolicy _ -> noted(guards.ask(tenant, question, within), reply -> policies.shown(tenant, reply));
            case Restored _ -> noted(guards.ask(tenant, question, within), _ -> policies.forget(tenant));
            case ReportCircuit _, Reserve _, SettleReservation _, ShowCircuits _, SetCircuitMode _ ->
                guards.ask(tenant, question, within);
            case Settle _, Lapse _, Sleep _ ->
                throw new IllegalArgumentException("Expected a question, and this is told: " + command);
        };
    }

    @Override
    public void tell(Name tenant, GuardCommand command) {
        if (command instanceof Settle settle && StandIn.gave(settle.permit())) {
            absences.desk(tenant).ifPresent(desk -> desk.settle(settle));
        } else {
            guards.tell(tenant, command);
        }
    }

    private CircuitReply reported(Name tenant, ReportCircuit report) {
        return absences.desk(tenant)
                .map(desk -> desk.report(report))
                .orElseGet(() -> new CircuitReply.StoodIn(new CircuitReply.UnknownPermit()));
    }

    private static <R> CompletionStage<R> noted(CompletionStage<R> asked, Consumer<PolicyReply> note) {
        return asked.whenComplete((reply, failure) -> {
            if (reply instanceof PolicyReply answer) {
                note.accept(answer);
            }
        });
    }

    /** Each question has one kind of answer, and a desk gives that kind; the types cannot say so. */
    @SuppressWarnings("unchecked")
    private static <R> boolean complete(CompletableFuture<R> result, Object answer) {
        return result.complete((R) answer);
    }

    private Desk open(LastKnown known) {
        // The upper half, as guards do it, so that two incarnations never hand out the same permit.
        long firstPermit = ((long) means.random().nextInt(Integer.MAX_VALUE)) << 32;
        return new Desk(known, means.members().getAsInt(), firstPermit, means.clock(), means.later());
    }

    /** One question on its way to a guard, or to whoever stands in for it. */
    private final class Asking<R> {
        private final Name tenant;
        private final GuardCommand command;
        private final Function<ActorRef<R>, GuardCommand> question;
        private final Duration within;
        private final Instant begun = means.clock().instant();
        private final CompletableFuture<R> result = new CompletableFuture<>();
        private final AtomicInteger askedAgain = new AtomicInteger();

        Asking(Name tenant, GuardCommand command, Function<ActorRef<R>, GuardCommand> question, Duration within) {
            this.tenant = tenant;
            this.command = command;
            this.question = question;
            this.within = within;
        }

        CompletionStage<R> run() {
            Optional<Absence> known = absences.silent(tenant);
            if (known.isPresent()) {
                standIn(known, Duration.ZERO);
            } else if (means.ownerAway().test(tenant) && !absences.heardOfLate(tenant)) {
                standIn(absences.begin(tenant), Duration.ZERO);
            } else {
                askGuard();
            }
            return result;
        }

        /** Waits longer than its caller: what the guard admits in the meantime is to be given back. */
        private void askGuard() {
            ask(lookAfter(settings.degradeAfter()));
        }

        private void ask(Runnable noMoreLook) {
            guards.ask(tenant, question, within.plus(settings.lateFor())).whenComplete((answer, failure) -> {
                if (failure == null) {
                    noMoreLook.run();
                    answered(answer);
                }
            });
        }

        private void answered(R answer) {
            if (answer instanceof PolicyReply reply) {
                policies.shown(tenant, reply);
            }
            if (!result.complete(answer)) {
                permitIn(answer)
                        .ifPresent(permit -> guards.tell(tenant, new Settle(permit, Outcome.IGNORED, Duration.ZERO)));
            }
        }

        /** The guard has said nothing so far: is it keeping the caller waiting, or is it silent? */
        private void look() {
            if (result.isDone() || timedOut()) {
                return;
            }
            Optional<Absence> known = absences.silent(tenant);
            if (known.isPresent()) {
                standIn(known, settings.refuseAfter());
                return;
            }
            absences.answers(tenant).thenAccept(answers -> {
                if (answers) {
                    askAgainIfLost();
                    lookAfter(settings.probeEvery());
                } else if (!result.isDone()) {
                    standIn(absences.begin(tenant), settings.refuseAfter());
                }
            });
        }

        /**
         * A question that is under way while its guard moves can be lost, and the guard answers the next one. One that
         * may be kept waiting is asked again twice, later and later; any other at once. Asked twice, it may be charged
         * twice, which errs on the side of admitting too little.
         */
        private void askAgainIfLost() {
            boolean mayWait =
                    command instanceof Admit admit && admit.waitAtMost().isPositive();
            Duration since = within.minus(left(within));
            int again = askedAgain.get();
            boolean lost =
                    mayWait ? again < LOST_AFTER.size() && since.compareTo(LOST_AFTER.get(again)) >= 0 : again == 0;
            if (lost && !result.isDone() && askedAgain.compareAndSet(again, again + 1)) {
                ask(() -> {});
            }
        }

        private Runnable lookAfter(Duration pause) {
            Duration left = left(within);
            return means.later().after(pause.compareTo(left) < 0 ? pause : left, this::look);
        }

        private boolean timedOut() {
            return !left(within).isPositive()
                    && result.completeExceptionally(
                            new TimeoutException("The guard of '" + tenant + "' did not answer within " + within));
        }

        private Duration left(Duration of) {
            Duration left = of.minus(Duration.between(begun, means.clock().instant()));
            return left.isNegative() ? Duration.ZERO : left;
        }

        /** @param refuseAfter how long after its beginning a question is refused that only the guard may answer */
        private void standIn(Optional<Absence> absence, Duration refuseAfter) {
            if (absence.isEmpty()) {
                refuse(Why.TOO_MANY, refuseAfter);
                return;
            }
            CompletionStage<Optional<Desk>> desk =
                    absence.get().desk(() -> policies.find(tenant), GuardsWithStandIn.this::open);
            // The database may be as silent as the guard; it gets its own time, however late the silence was found out.
            Runnable timer =
                    means.later().after(settings.refuseAfter(), () -> refuse(Why.POLICY_UNKNOWN, Duration.ZERO));
            desk.thenAccept(found -> {
                timer.run();
                found.ifPresentOrElse(at -> standIn(at, refuseAfter), () -> refuse(Why.POLICY_UNKNOWN, refuseAfter));
            });
        }

        private void standIn(Desk desk, Duration refuseAfter) {
            Optional<Why> why = desk.silentOn(command);
            if (why.isPresent()) {
                refuse(why.get(), refuseAfter);
            } else if (!result.isDone()) {
                desk.answer(command).thenAccept(answer -> {
                    if (!complete(result, answer)) {
                        permitIn(answer)
                                .ifPresent(permit -> desk.settle(new Settle(permit, Outcome.IGNORED, Duration.ZERO)));
                    }
                });
            }
        }

        private void refuse(Why why, Duration after) {
            Duration left = left(after.compareTo(within) < 0 ? after : within);
            if (left.isZero()) {
                result.completeExceptionally(new GuardSilentException(why));
            } else {
                means.later().after(left, () -> result.completeExceptionally(new GuardSilentException(why)));
            }
        }
    }

    /** The permit that an answer hands out, if it does. */
    private static Optional<String> permitIn(Object answer) {
        return switch (answer) {
            case Admission.Admitted admitted -> Optional.of(admitted.permit());
            case Admission.StoodIn(Admission ours) -> permitIn(ours);
            case CircuitReply.Permitted permitted -> Optional.of(permitted.permit());
            case CircuitReply.StoodIn(CircuitReply ours) -> permitIn(ours);
            default -> Optional.empty();
        };
    }
}
