package io.bulwark.node.guard;

import static io.bulwark.node.guard.StandInRig.ACME;
import static io.bulwark.node.guard.StandInRig.PAYMENTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.guard.GuardCommand.PermitCircuit;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.guard.GuardCommand.ShowPolicy;
import io.bulwark.guard.GuardSilentException;
import io.bulwark.guard.GuardSilentException.Why;
import io.bulwark.guard.LimitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.ratelimit.Durability;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of an absence, in a time of its own: when the stand-in answers, and what it never does. */
@SuppressWarnings("FutureReturnValueIgnored") // a call that is only made to happen
class GuardsWithStandInTest {
    private static final TenantPolicy NINE = StandInRig.policy(OnGuardUnavailable.ADMIT, 9, Durability.SOFT);

    private final StandInRig rig = new StandInRig();

    @BeforeEach
    void putPolicy() {
        put(NINE);
    }

    private void put(TenantPolicy policy) {
        rig.owner.put(policy);
        rig.directory.lines.put(ACME, new LastKnown(1, policy));
    }

    private CompletableFuture<CircuitReply> permit() {
        return rig.ask(replyTo -> new PermitCircuit(replyTo, PAYMENTS, Duration.ofSeconds(30)));
    }

    private CompletableFuture<LimitReply> acquire() {
        return rig.ask(
                replyTo -> new GuardCommand.Acquire(replyTo, List.of(new GuardCommand.Item(new Name("requests"), 1))));
    }

    /** Until the silence is known. */
    private void fallSilent() {
        rig.owner.silent = true;
        rig.call();
        rig.passMillis(500);
        assertThat(rig.guards.silent()).isEqualTo(1);
    }

    private static String permitOf(CompletableFuture<Admission> answer) {
        Admission.StoodIn ours = (Admission.StoodIn) answer.join();
        return ((Admission.Admitted) ours.answer()).permit();
    }

    private static Optional<Why> why(CompletableFuture<?> refused) {
        return refused.isCompletedExceptionally() && refused.exceptionNow() instanceof GuardSilentException silent
                ? Optional.of(silent.why())
                : Optional.empty();
    }

    @Test
    void aGuardThatAnswers_isNotStoodInFor() {
        assertThat(rig.call().join()).isInstanceOf(Admission.Admitted.class);
        assertThat(acquire().join()).isInstanceOf(LimitReply.Decided.class);
        assertThat(permit().join()).isInstanceOf(CircuitReply.Permitted.class);
        assertThat(rig.owner.asked(ShowPolicy.class)).as("no probe").isZero();
    }

    @Test
    void aSilentGuard_isStoodInForAfterHalfASecond_thenAtOnceAndWithoutAskingIt() {
        rig.owner.silent = true;
        CompletableFuture<Admission> first = rig.call();

        rig.passMillis(499);
        assertThat(first).isNotDone();
        rig.passMillis(1);
        assertThat(first.join()).isInstanceOf(Admission.StoodIn.class);

        assertThat(rig.call().join()).isInstanceOf(Admission.StoodIn.class);
        assertThat(acquire().join()).isInstanceOf(LimitReply.StoodIn.class);
        assertThat(permit().join()).isInstanceOf(CircuitReply.StoodIn.class);
        assertThat(rig.<PolicyReply>ask(ShowPolicy::new).join())
                .isEqualTo(new PolicyReply.StoodIn(new PolicyReply.Shown(NINE, 1)));
        assertThat(rig.owner.asked(Admit.class)).isEqualTo(1);
        assertThat(rig.owner.asked(PermitCircuit.class)).isZero();
    }

    @Test
    void theStandIn_admitsThisNodesShareOnly() {
        fallSilent();

        List<Admission> answers = IntStream.range(0, 5)
                .mapToObj(call -> ((Admission.StoodIn) rig.call().join()).answer())
                .toList();

        // One of the share of three went to the call that found out.
        assertThat(answers.subList(0, 2)).allMatch(Admission.Admitted.class::isInstance);
        assertThat(answers.subList(2, 5)).allMatch(Admission.Limited.class::isInstance);
    }

    @Test
    void aCallThatTheGuardKeepsWaiting_isNotTakenForSilence() {
        Admission.Admitted first =
                (Admission.Admitted) rig.call("k", Duration.ZERO).join();
        CompletableFuture<Admission> second = rig.call("k", Duration.ofSeconds(20));
        rig.pass(Duration.ofSeconds(15));
        assertThat(second).isNotDone();

        rig.guards.tell(ACME, new Settle(first.permit(), Outcome.SUCCESS, Duration.ZERO));

        assertThat(second.join()).isInstanceOf(Admission.FirstFinished.class);
    }

    @Test
    void aCallThatWaits_isAnsweredByTheStandIn_whenItsGuardFallsSilent() {
        rig.call("k", Duration.ZERO);
        CompletableFuture<Admission> second = rig.call("k", Duration.ofSeconds(20));
        rig.pass(Duration.ofSeconds(5));

        rig.owner.silent = true;
        rig.passMillis(1_000);

        assertThat(second.join()).as("the ledger knows of the first").isInstanceOf(Admission.StoodIn.class);
    }

    @Test
    void aLateAnswer_isGivenBackToTheGuard_evenAfterTheQuestionsOwnTime() {
        rig.owner.silent = true;
        CompletableFuture<Admission> call = rig.call("k", Duration.ZERO);
        CompletableFuture<CircuitReply> circuit = permit();
        rig.pass(StandInRig.WITHIN.plusSeconds(10));
        assertThat(call.join()).isInstanceOf(Admission.StoodIn.class);
        assertThat(circuit.join()).isInstanceOf(CircuitReply.StoodIn.class);

        rig.owner.back();

        assertThat(rig.owner.guard(ACME).permitsOut()).isZero();
        assertThat(rig.owner.asked.stream().filter(Settle.class::isInstance).map(Settle.class::cast))
                .hasSize(2)
                .allMatch(settle -> settle.outcome() == Outcome.IGNORED);
        assertThat(rig.call("k", Duration.ZERO).join()).as("the key is free").isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void theFirstProbeThatIsAnswered_endsIt() {
        fallSilent();
        rig.pass(Duration.ofSeconds(3));
        assertThat(rig.call().join()).isInstanceOf(Admission.StoodIn.class);

        rig.owner.back();
        rig.passMillis(750);

        assertThat(rig.guards.silent()).isZero();
        assertThat(rig.call().join()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void probes_areSingle_andGoOnOnlyWhileSomebodyAsks() {
        rig.owner.silent = true;
        rig.owner.deaf = true;
        IntStream.range(0, 100).forEach(call -> rig.call());
        rig.passMillis(500);
        assertThat(rig.owner.asked(ShowPolicy.class)).isEqualTo(1);

        rig.pass(Duration.ofSeconds(9));
        assertThat(rig.owner.asked(ShowPolicy.class)).isBetween(9L, 28L);

        rig.pass(Duration.ofSeconds(60));
        assertThat(rig.owner.asked(ShowPolicy.class)).isLessThan(32L);
        assertThat(rig.guards.silent()).as("nobody asks, nobody is missed").isZero();
    }

    @Test
    void permitsOfTheStandIn_areSettledThere_alsoWhenTheGuardIsBack() {
        fallSilent();
        String permit = permitOf(rig.call("k", Duration.ZERO));
        CompletableFuture<Admission> duplicate = rig.call("k", Duration.ofSeconds(2));
        assertThat(duplicate).isNotDone();
        rig.owner.back();
        rig.passMillis(750);

        rig.guards.tell(ACME, new Settle(permit, Outcome.SUCCESS, Duration.ZERO));

        assertThat(duplicate.join()).isEqualTo(new Admission.StoodIn(firstFinished(duplicate)));
        assertThat(rig.owner.asked)
                .noneMatch(
                        told -> told instanceof Settle settle && settle.permit().equals(permit));
    }

    private static Admission firstFinished(CompletableFuture<Admission> answer) {
        Admission ours = ((Admission.StoodIn) answer.join()).answer();
        assertThat(ours).isInstanceOf(Admission.FirstFinished.class);
        return ours;
    }

    @Test
    void aDuplicateThatWaitsAtTheStandIn_isToldWhenItsWaitIsOver() {
        fallSilent();
        rig.call("k", Duration.ZERO);
        CompletableFuture<Admission> duplicate = rig.call("k", Duration.ofSeconds(2));

        rig.pass(Duration.ofSeconds(2));

        assertThat(((Admission.StoodIn) duplicate.join()).answer()).isInstanceOf(Admission.StillInFlight.class);
    }

    @Test
    void aCircuitPermitOfTheStandIn_isReportedThere_andUnknownWhenItIsForgotten() {
        fallSilent();
        String permit = ((CircuitReply.Permitted) ((CircuitReply.StoodIn) permit().join()).answer()).permit();

        assertThat(report(permit)).isEqualTo(new CircuitReply.StoodIn(new CircuitReply.Done()));
        assertThat(report(permit)).isEqualTo(new CircuitReply.StoodIn(new CircuitReply.UnknownPermit()));
        rig.owner.back();
        rig.pass(Duration.ofMinutes(2));
        assertThat(report(permit)).isEqualTo(new CircuitReply.StoodIn(new CircuitReply.UnknownPermit()));
    }

    private CircuitReply report(String permit) {
        return rig.<CircuitReply>ask(replyTo -> new GuardCommand.ReportCircuit(
                        replyTo, PAYMENTS, permit, Outcome.SUCCESS, Duration.ofMillis(1)))
                .join();
    }

    @Test
    void aGuardThatComesAndGoes_givesNobodyAFreshBurst_untilItHasStayedForAWhile() {
        fallSilent();
        rig.call();
        rig.call();
        rig.owner.back();
        rig.passMillis(750);

        fallSilent();
        assertThat(((Admission.StoodIn) rig.call().join()).answer()).isInstanceOf(Admission.Limited.class);

        rig.owner.back();
        rig.pass(Duration.ofMinutes(1)); // the permits that were out have lapsed, and the stand-in is forgotten
        fallSilent();
        assertThat(((Admission.StoodIn) rig.call().join()).answer()).isInstanceOf(Admission.Admitted.class);
    }

    @ParameterizedTest
    @CsvSource({
        // onGuardUnavailable, durability, why
        "REFUSE, SOFT, POLICY_REFUSES",
        "ADMIT, STRICT, STRICT_LIMIT"
    })
    void whatOnlyTheGuardMayAnswer_waitsForItOnce_andIsRefusedAtOnceFromThenOn(
            OnGuardUnavailable meanwhile, Durability durability, Why why) {
        put(StandInRig.policy(meanwhile, 9, durability));
        rig.owner.silent = true;
        CompletableFuture<Admission> first = rig.call();

        rig.passMillis(1_999);
        assertThat(first).isNotDone();
        rig.passMillis(1);
        assertThat(why(first)).contains(why);
        assertThat(why(rig.call())).contains(why);
        assertThat(why(acquire())).contains(why);

        rig.owner.back();
        rig.passMillis(750);
        assertThat(rig.owner.guard(ACME).permitsOut())
                .as("late admissions are given back")
                .isZero();
        assertThat(rig.call().join()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void aGuardThatIsOnlySlow_answersWhatMustNotBeAnsweredInItsPlace() {
        put(StandInRig.policy(OnGuardUnavailable.ADMIT, 9, Durability.STRICT));
        rig.owner.silent = true;
        CompletableFuture<Admission> call = rig.call();
        rig.passMillis(1_900);

        rig.owner.back();

        assertThat(call.join()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void aPolicyThatNobodyKnows_isNoReasonFor404() {
        rig.directory.lines.clear();
        rig.owner.silent = true;
        CompletableFuture<Admission> call = rig.call();

        rig.pass(Duration.ofSeconds(2));

        assertThat(why(call)).contains(Why.POLICY_UNKNOWN);
        rig.directory.lines.put(ACME, new LastKnown(1, NINE));
        assertThat(rig.call().join()).as("it is looked up again").isInstanceOf(Admission.StoodIn.class);
    }

    @Test
    void aDatabaseThatIsSilentToo_isNotWaitedForLongerThanAGuard() {
        rig.directory.gate = new CompletableFuture<>();
        rig.owner.silent = true;
        CompletableFuture<Admission> first = rig.call();
        rig.passMillis(2_499);
        assertThat(first).isNotDone();
        rig.passMillis(1);
        assertThat(why(first)).contains(Why.POLICY_UNKNOWN);

        CompletableFuture<Admission> second = rig.call();
        rig.pass(Duration.ofSeconds(2));
        assertThat(why(second)).contains(Why.POLICY_UNKNOWN);
    }

    @Test
    void aDatabaseThatIsAway_doesNotMatterForAPolicyThatWasSeen() {
        assertThat(rig.<PolicyReply>ask(ShowPolicy::new).join()).isEqualTo(new PolicyReply.Shown(NINE, 1));
        rig.directory.gate = CompletableFuture.failedFuture(new IllegalStateException("the database is away"));

        fallSilent();

        assertThat(rig.call().join()).isInstanceOf(Admission.StoodIn.class);
    }

    @Test
    void whatIsPutThroughThisNode_isWhatItGoesBy_andWhatIsTakenOutIsForgotten() {
        rig.directory.lines.clear();
        TenantPolicy refuse = StandInRig.policy(OnGuardUnavailable.REFUSE, 9, Durability.SOFT);
        rig.<PolicyReply>ask(replyTo -> new GuardCommand.PutPolicy(replyTo, refuse, new Precondition.None()));
        rig.ownerAway = true;
        assertThat(why(rig.call())).contains(Why.POLICY_REFUSES);

        rig.ownerAway = false;
        rig.pass(Duration.ofSeconds(30));
        rig.<PolicyReply>ask(replyTo -> new GuardCommand.DeletePolicy(replyTo, new Precondition.None()));
        rig.ownerAway = true;
        assertThat(why(rig.call())).contains(Why.POLICY_UNKNOWN);
    }

    @Test
    void anOwnerThatIsKnownToBeAway_isNotWaitedFor() {
        rig.ownerAway = true;
        rig.owner.silent = true;
        assertThat(rig.call().join()).isInstanceOf(Admission.StoodIn.class);
        assertThat(rig.owner.asked).isEmpty();
    }

    @Test
    void anOwnerThatIsSaidToBeAway_andWhoseGuardAnswers_isAsked() {
        rig.ownerAway = true;
        assertThat(rig.call().join()).isInstanceOf(Admission.StoodIn.class);
        rig.passMillis(750);
        assertThat(rig.call().join()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void aQuestionThatIsNotForStandIns_isTheGuardsAlone() {
        fallSilent();
        CompletableFuture<PolicyReply> put =
                rig.ask(replyTo -> new GuardCommand.PutPolicy(replyTo, NINE, new Precondition.None()));
        CompletableFuture<CircuitReply> circuits = rig.ask(GuardCommand.ShowCircuits::new);

        rig.pass(StandInRig.WITHIN);

        assertThat(put.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
        assertThat(circuits.exceptionNow()).isExactlyInstanceOf(TimeoutException.class);
    }

    @Test
    void moreTenantsThanANodeStandsInFor_areRefused() {
        rig.ownerAway = true;
        rig.owner.silent = true;
        rig.owner.deaf = true;
        for (int i = 0; i < StandInSettings.TENANTS_MAX; i++) {
            Name tenant = new Name("t" + i);
            rig.directory.lines.put(tenant, new LastKnown(1, TenantPolicy.DEFAULT));
            assertThat(rig.call(tenant, Optional.empty(), Duration.ZERO).join()).isInstanceOf(Admission.StoodIn.class);
        }

        assertThat(why(rig.call())).contains(Why.TOO_MANY);
        rig.passMillis(300);
        assertThat(rig.owner.asked(ShowPolicy.class))
                .as("in the first turn, none of which is answered")
                .isEqualTo(StandInSettings.PROBES_MAX);
    }
}
