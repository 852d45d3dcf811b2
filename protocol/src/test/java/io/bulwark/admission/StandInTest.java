package io.bulwark.admission;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.circuit.CircuitState;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.GuardCommand;
import io.bulwark.guard.GuardSilentException.Why;
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
import io.bulwark.tenant.TenantDirectory.LastKnown;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StandInTest {
    private static final Name REQUESTS = new Name("requests");
    private static final Name DAILY = new Name("daily");
    private static final Name PAYMENTS = GuardRig.PAYMENTS;
    private static final Name REPORTS = new Name("reports");

    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private StandIn standIn(TenantPolicy policy, int members) {
        return new StandIn(new LastKnown(7, policy), members, 1L << 40, now);
    }

    private static LimitPolicy limit(Name name, long capacity, Durability durability, Mode mode) {
        return GuardRig.limit(name.value(), Algorithm.TOKEN_BUCKET, capacity, durability, mode);
    }

    /** Calls to {@code payments} spend of {@code requests}, those to {@code reports} of {@code daily} too. */
    private static TenantPolicy policy(TenantStatus status, OnGuardUnavailable meanwhile, Durability daily, Mode mode) {
        return new TenantPolicy(
                List.of(limit(REQUESTS, 9, Durability.SOFT, Mode.ENFORCE), limit(DAILY, 90, daily, mode)),
                Map.of("reports", List.of(REQUESTS, DAILY), "*", List.of(REQUESTS)),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                meanwhile,
                status,
                false);
    }

    private static GuardCommand.Admit call(Name service, String key, Duration waitAtMost) {
        Optional<GuardCommand.Keyed> keyed = key.isEmpty()
                ? Optional.empty()
                : Optional.of(new GuardCommand.Keyed(new IdempotencyKey(key), new Fingerprint("0a")));
        return new GuardCommand.Admit(GuardRig.nobody(), service, keyed, GuardRig.LEASE, waitAtMost, true);
    }

    private static GuardCommand.Acquire acquire(Name... limits) {
        return new GuardCommand.Acquire(
                GuardRig.nobody(),
                List.of(limits).stream()
                        .map(limit -> new GuardCommand.Item(limit, 1))
                        .toList());
    }

    private Admission answer(StandIn standIn, GuardCommand.Admit call) {
        return ((Admitting.Answered) standIn.admit(call, now)).reply();
    }

    @ParameterizedTest
    @CsvSource({
        // status, onGuardUnavailable, daily's durability and mode; why payments, reports, a batch with daily, a circuit
        "ACTIVE, ADMIT, SOFT, ENFORCE, , , , ",
        "ACTIVE, ADMIT, STRICT, ENFORCE, , STRICT_LIMIT, STRICT_LIMIT, ",
        "ACTIVE, ADMIT, STRICT, SHADOW, , , , ",
        "ACTIVE, REFUSE, SOFT, ENFORCE, POLICY_REFUSES, POLICY_REFUSES, POLICY_REFUSES, POLICY_REFUSES",
        "ACTIVE, REFUSE, STRICT, ENFORCE, POLICY_REFUSES, POLICY_REFUSES, POLICY_REFUSES, POLICY_REFUSES",
        "QUARANTINED, REFUSE, STRICT, ENFORCE, , , , ",
        "MAINTENANCE, ADMIT, STRICT, ENFORCE, , , , "
    })
    void silentOn_whatOnlyTheGuardMaySay(
            TenantStatus status,
            OnGuardUnavailable meanwhile,
            Durability durability,
            Mode mode,
            Why payments,
            Why reports,
            Why batch,
            Why circuit) {
        StandIn standIn = standIn(policy(status, meanwhile, durability, mode), 3);

        assertThat(standIn.silentOn(call(PAYMENTS, "", Duration.ZERO))).isEqualTo(Optional.ofNullable(payments));
        assertThat(standIn.silentOn(call(REPORTS, "", Duration.ZERO))).isEqualTo(Optional.ofNullable(reports));
        assertThat(standIn.silentOn(acquire(REQUESTS, DAILY))).isEqualTo(Optional.ofNullable(batch));
        assertThat(standIn.silentOn(acquire(REQUESTS))).isEqualTo(Optional.ofNullable(payments));
        assertThat(standIn.silentOn(new GuardCommand.PermitCircuit(GuardRig.nobody(), PAYMENTS, GuardRig.LEASE)))
                .isEqualTo(Optional.ofNullable(circuit));
    }

    @ParameterizedTest
    @CsvSource({"QUARANTINED", "MAINTENANCE"})
    void aSuspendedTenant_staysSuspended(TenantStatus status) {
        StandIn standIn = standIn(policy(status, OnGuardUnavailable.REFUSE, Durability.STRICT, Mode.ENFORCE), 3);

        assertThat(answer(standIn, call(REPORTS, "", Duration.ZERO))).isEqualTo(new Admission.Suspended(status));
        assertThat(standIn.acquire(acquire(DAILY), now)).isEqualTo(new LimitReply.Suspended(status));
    }

    @Test
    void limits_areThisNodesShare_andWhatItSaysOfThemIsTheShare() {
        StandIn standIn =
                standIn(policy(TenantStatus.ACTIVE, OnGuardUnavailable.ADMIT, Durability.SOFT, Mode.ENFORCE), 3);

        for (int left = 2; left >= 0; left--) {
            assertThat(answer(standIn, call(PAYMENTS, "", Duration.ZERO)))
                    .isInstanceOfSatisfying(
                            Admission.Admitted.class,
                            admitted -> assertThat(admitted.limits().getFirst().capacity())
                                    .isEqualTo(3));
        }
        assertThat(answer(standIn, call(PAYMENTS, "", Duration.ZERO)))
                .isInstanceOfSatisfying(
                        Admission.Limited.class,
                        limited -> assertThat(limited.violated()).containsExactly(REQUESTS));
    }

    @Test
    void policy_isShownUncut() {
        TenantPolicy policy = policy(TenantStatus.ACTIVE, OnGuardUnavailable.ADMIT, Durability.SOFT, Mode.ENFORCE);

        assertThat(standIn(policy, 3).showPolicy()).isEqualTo(new PolicyReply.Shown(policy, 7));
    }

    @Test
    void aDuplicate_waitsForTheFirst_andIsWokenWhenItIsSettled() {
        StandIn standIn = standIn(TenantPolicy.DEFAULT, 3);
        String permit = ((Admission.Admitted) answer(standIn, call(PAYMENTS, "order-1", Duration.ZERO))).permit();

        Admitting second = standIn.admit(call(PAYMENTS, "order-1", Duration.ofSeconds(2)), now);
        assertThat(second).isInstanceOf(Admitting.Waiting.class);
        assertThat(standIn.nextLapse()).contains(now.plusSeconds(2));

        List<Wake> wakes = standIn.settle(permit, Outcome.SUCCESS, Duration.ofMillis(5), now);
        assertThat(wakes)
                .containsExactly(
                        new Wake(((Admitting.Waiting) second).waiter(), new Admission.FirstFinished(List.of())));
        assertThat(standIn.nextLapse()).isEmpty();
    }

    @Test
    void permits_tellThatTheyAreOfAStandIn_andAGuardDoesNotKnowThem() {
        StandIn standIn = standIn(TenantPolicy.DEFAULT, 1);
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        String ours = ((Admission.Admitted) answer(standIn, call(PAYMENTS, "", Duration.ZERO))).permit();
        String theirs = ((Admission.Admitted) rig.call()).permit();

        assertThat(StandIn.gave(ours)).isTrue();
        assertThat(StandIn.gave(theirs)).isFalse();
        rig.take(rig.guard.settle(ours, Outcome.FAILURE, Duration.ZERO, now));
        assertThat(rig.guard.permitsOut()).isEqualTo(1);
        standIn.settle(theirs, Outcome.FAILURE, Duration.ZERO, now);
        assertThat(standIn.nextLapse()).as("the stand-in's own is still out").isPresent();
    }

    @Test
    void aCircuit_opensByWhatThisNodeSees() {
        StandIn standIn = standIn(TenantPolicy.DEFAULT, 3);
        for (int i = 0; i < CircuitPolicy.DEFAULT.trip().consecutiveFailures(); i++) {
            CircuitReply.Permitted permitted = (CircuitReply.Permitted) permit(standIn);
            assertThat(permitted.state()).isEqualTo(CircuitState.CLOSED);
            assertThat(report(standIn, permitted.permit())).isEqualTo(new CircuitReply.Done());
            assertThat(report(standIn, permitted.permit())).isEqualTo(new CircuitReply.UnknownPermit());
        }

        assertThat(permit(standIn)).isInstanceOf(CircuitReply.Open.class);
        assertThat(answer(standIn, call(PAYMENTS, "", Duration.ZERO))).isInstanceOf(Admission.CircuitOpen.class);

        now = now.plus(CircuitPolicy.DEFAULT.openForMax());
        assertThat(permit(standIn)).as("a probe is let through").isInstanceOf(CircuitReply.Permitted.class);
    }

    private CircuitReply permit(StandIn standIn) {
        return standIn.permitCircuit(new GuardCommand.PermitCircuit(GuardRig.nobody(), PAYMENTS, GuardRig.LEASE), now);
    }

    private CircuitReply report(StandIn standIn, String permit) {
        return standIn.reportCircuit(
                new GuardCommand.ReportCircuit(
                        GuardRig.nobody(), PAYMENTS, permit, Outcome.FAILURE, Duration.ofMillis(1)),
                now);
    }
}
