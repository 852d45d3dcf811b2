package io.bulwark.admission;

import static io.bulwark.admission.GuardRig.PAYMENTS;
import static io.bulwark.admission.GuardRig.bucket;
import static io.bulwark.admission.GuardRig.limit;
import static io.bulwark.admission.GuardRig.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.CircuitMode;
import io.bulwark.circuit.Outcome;
import io.bulwark.grammar.Name;
import io.bulwark.guard.Admission;
import io.bulwark.guard.CircuitReply;
import io.bulwark.guard.PolicyReply;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import io.bulwark.wire.Precondition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TenantGuardTest {
    private static final Duration WAIT = Duration.ofSeconds(2);

    @Test
    void call_tenantNeverPut_isUnknown() {
        assertThat(new GuardRig().call()).isEqualTo(new Admission.UnknownTenant());
    }

    @ParameterizedTest
    @EnumSource(
            value = TenantStatus.class,
            names = {"QUARANTINED", "MAINTENANCE"})
    void call_tenantSuspended_isRefusedWithTheStatus(TenantStatus status) {
        GuardRig rig = GuardRig.with(policy(status, bucket("requests", 5)));

        assertThat(rig.call()).isEqualTo(new Admission.Suspended(status));
    }

    @Test
    void call_emptyPolicy_isAdmittedWithoutLimits() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);

        assertThat(rig.call())
                .isInstanceOfSatisfying(
                        Admission.Admitted.class,
                        admitted -> assertThat(admitted.limits()).isEmpty());
    }

    @Test
    void call_limitReached_isLimitedAndNamesTheLimit() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 2), bucket("daily", 100)));
        rig.call();
        rig.call();

        assertThat(rig.call()).isInstanceOfSatisfying(Admission.Limited.class, limited -> {
            assertThat(limited.violated()).containsExactly(new Name("requests"));
            assertThat(limited.retryAfter()).isEqualTo(Duration.ofSeconds(5));
        });
    }

    @Test
    void call_oneOfTwoLimitsReached_spendsOfNeither() {
        GuardRig rig = GuardRig.with(policy(bucket("wide", 10), bucket("narrow", 1)));
        rig.call();

        rig.call();
        rig.call();

        Admission.Limited limited = (Admission.Limited) rig.call();
        assertThat(limited.limits().getFirst().remaining()).isEqualTo(9);
    }

    @Test
    void call_shadowLimitReached_isAdmittedAndReported() {
        GuardRig rig =
                GuardRig.with(policy(limit("tried-out", Algorithm.TOKEN_BUCKET, 1, Durability.SOFT, Mode.SHADOW)));
        rig.call();

        assertThat(rig.call())
                .isInstanceOfSatisfying(
                        Admission.Admitted.class,
                        admitted -> assertThat(admitted.limits().getFirst().remaining())
                                .isZero());
    }

    @Test
    void duplicate_firstStillInFlight_waitsAndIsWokenWhenTheFirstSettles() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        Admission first = rig.call("k", "a", WAIT);

        Admitting second = rig.askKeyed("k", "a", WAIT);

        assertThat(second).isInstanceOf(Admitting.Waiting.class);
        assertThat(rig.settle(first, Outcome.SUCCESS))
                .containsExactly(
                        new Wake(((Admitting.Waiting) second).waiter(), new Admission.FirstFinished(List.of())));
    }

    @Test
    void duplicate_wokenOrLate_isToldWhereItsLimitsStand() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 10)));
        Admission first = rig.call("k", "a", WAIT);
        rig.askKeyed("k", "a", WAIT);
        rig.askKeyed("k", "a", WAIT.multipliedBy(2));

        rig.advance(WAIT);
        Admission late = rig.guard.lapse(rig.now).getFirst().reply();
        Admission woken = rig.settle(first, Outcome.SUCCESS).getFirst().reply();

        assertThat(((Admission.StillInFlight) late).limits())
                .singleElement()
                .satisfies(report -> assertThat(report.remaining()).isEqualTo(9));
        assertThat(((Admission.FirstFinished) woken).limits()).hasSize(1);
    }

    @Test
    void duplicate_waitIsOver_isToldThatTheFirstIsStillInFlight() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        rig.call("k", "a", WAIT);
        Admitting.Waiting waiting = (Admitting.Waiting) rig.askKeyed("k", "a", WAIT);
        assertThat(rig.guard.nextLapse()).contains(waiting.atLatest());

        rig.advance(WAIT);

        assertThat(rig.guard.lapse(rig.now)).singleElement().satisfies(wake -> {
            assertThat(wake.waiter()).isEqualTo(waiting.waiter());
            assertThat(wake.reply()).isInstanceOf(Admission.StillInFlight.class);
        });
    }

    @Test
    void duplicate_thatDoesNotWait_isToldAtOnce() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        rig.call("k", "a", WAIT);

        assertThat(rig.call("k", "a", Duration.ZERO)).isInstanceOf(Admission.StillInFlight.class);
    }

    @Test
    void duplicate_otherFingerprint_isReused() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        rig.call("k", "a", WAIT);

        assertThat(rig.call("k", "b", WAIT)).isEqualTo(new Admission.KeyReused());
    }

    @Test
    void duplicate_firstIsLost_isWokenWhenItsLeaseEnds() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        rig.call("k", "a", WAIT);
        rig.advance(GuardRig.LEASE.minusSeconds(1));
        Admitting.Waiting waiting = (Admitting.Waiting) rig.askKeyed("k", "a", WAIT);

        rig.advance(Duration.ofSeconds(1));

        assertThat(rig.guard.lapse(rig.now))
                .contains(new Wake(waiting.waiter(), new Admission.FirstFinished(List.of())));
        assertThat(rig.call("k", "a", WAIT)).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void concurrency_permitSettledOrLost_comesBack() {
        GuardRig rig = GuardRig.with(policy(limit("at-once", Algorithm.CONCURRENCY, 2, Durability.SOFT, Mode.ENFORCE)));
        Admission first = rig.call();
        rig.call();
        assertThat(rig.call()).isInstanceOf(Admission.Limited.class);

        rig.settle(first, Outcome.SUCCESS);
        assertThat(rig.call()).isInstanceOf(Admission.Admitted.class);
        assertThat(rig.call()).isInstanceOf(Admission.Limited.class);

        rig.advance(GuardRig.LEASE);
        rig.guard.lapse(rig.now);
        assertThat(rig.call()).isInstanceOf(Admission.Admitted.class);
        assertThat(rig.guard.permitsOut()).isEqualTo(1);
    }

    @Test
    void permit_settledTwiceOrUnknown_changesNothing() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        Admission admitted = rig.call();
        rig.settle(admitted, Outcome.FAILURE);
        CircuitReply once = rig.guard.showCircuits(rig.now);

        rig.settle(admitted, Outcome.FAILURE);
        rig.take(rig.guard.settle("not a number", Outcome.FAILURE, Duration.ZERO, rig.now));

        assertThat(rig.guard.showCircuits(rig.now)).isEqualTo(once);
    }

    @Test
    void call_serviceFailsOften_findsTheCircuitOpenAndSpendsNothing() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 100)));
        for (int i = 0; i < 10; i++) {
            rig.settle(rig.call(), Outcome.FAILURE);
        }

        assertThat(rig.call()).isInstanceOfSatisfying(Admission.CircuitOpen.class, open -> {
            assertThat(open.retryAfter()).isEqualTo(Duration.ofSeconds(5));
            assertThat(open.limits().getFirst().remaining()).isEqualTo(90);
        });
    }

    @Test
    void circuit_openWhenTheGuardIsLost_isStillOpenAfterwards() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        for (int i = 0; i < 10; i++) {
            rig.settle(rig.call(), Outcome.FAILURE);
        }

        rig.crash();

        assertThat(rig.call()).isInstanceOf(Admission.CircuitOpen.class);
        rig.advance(Duration.ofSeconds(5));
        assertThat(rig.call()).isInstanceOf(Admission.Admitted.class);
    }

    @Test
    void circuit_forcedOpenByAnOperator_staysSoAcrossALoss() {
        GuardRig rig = GuardRig.with(TenantPolicy.DEFAULT);
        rig.take(rig.guard.setCircuitMode(PAYMENTS, CircuitMode.FORCED_OPEN, "release", rig.now));

        rig.crash();

        assertThat(rig.call()).isInstanceOf(Admission.CircuitOpen.class);
    }

    @Test
    void strictLimit_guardLostAtRandom_neverOverAdmits() {
        GuardRig rig =
                GuardRig.with(policy(limit("strict", Algorithm.TOKEN_BUCKET, 100, Durability.STRICT, Mode.ENFORCE)));
        int admitted = 0;
        for (int i = 0; i < 200; i++) {
            admitted += rig.call() instanceof Admission.Admitted ? 1 : 0;
            if (i % 17 == 0) {
                rig.crash();
            }
        }

        assertThat(admitted).isBetween(30, 100);
    }

    @Test
    void softLimit_guardLost_givesAtMostOneExtraBurst() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 10)));
        int admitted = 0;
        for (int i = 0; i < 40; i++) {
            admitted += rig.call() instanceof Admission.Admitted ? 1 : 0;
            if (i == 20) {
                rig.crash();
            }
        }

        assertThat(admitted).isEqualTo(20);
    }

    @Test
    void softLimit_guardSlept_goesOnWhereItWas() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 10)));
        for (int i = 0; i < 10; i++) {
            rig.call();
        }

        rig.guard.park(rig.now).forEach(event -> {
            rig.journal.add(event);
            rig.guard.applied(event, rig.now);
        });
        rig.crash();

        assertThat(rig.call()).isInstanceOf(Admission.Limited.class);
    }

    @Test
    void sleep_everythingAsGoodAsFresh_journalsNothing() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 10)));
        rig.call();
        rig.advance(Duration.ofSeconds(10));

        assertThat(rig.guard.park(rig.now)).isEmpty();
    }

    @Test
    void policyPut_limitUnchanged_keepsItsLevel() {
        GuardRig rig = GuardRig.with(policy(bucket("kept", 2), bucket("changed", 2)));
        rig.call();
        rig.call();

        rig.take(rig.guard.putPolicy(policy(bucket("kept", 2), bucket("changed", 3)), new Precondition.None()));

        assertThat(rig.call())
                .isInstanceOfSatisfying(
                        Admission.Limited.class,
                        limited -> assertThat(limited.violated()).containsExactly(new Name("kept")));
    }

    @Test
    void policyPut_limitGoesFromShadowToEnforce_refusesFromWhereItWas() {
        GuardRig rig = GuardRig.with(policy(limit("tried", Algorithm.TOKEN_BUCKET, 2, Durability.SOFT, Mode.SHADOW)));
        rig.call();
        rig.call();

        rig.take(rig.guard.putPolicy(policy(bucket("tried", 2)), new Precondition.None()));

        assertThat(rig.call()).isInstanceOf(Admission.Limited.class);
    }

    @Test
    void restored_putsWhatThereIsOnceMore_aboveEveryVersionThatWasUsed() {
        GuardRig rig = GuardRig.with(policy(bucket("requests", 2)));
        rig.call();
        rig.call();

        assertThat(rig.take(rig.guard.restored(7))).isEqualTo(new PolicyReply.Put(8, false));
        assertThat(rig.take(rig.guard.restored(2))).isEqualTo(new PolicyReply.Put(9, false));
        assertThat(rig.guard.showPolicy()).isEqualTo(new PolicyReply.Shown(policy(bucket("requests", 2)), 9));
        assertThat(rig.call()).isInstanceOf(Admission.Limited.class);
        rig.take(rig.guard.deletePolicy(new Precondition.None()));
        assertThat(rig.take(rig.guard.restored(20))).isEqualTo(new PolicyReply.Deleted());
        assertThat(rig.take(rig.guard.putPolicy(TenantPolicy.DEFAULT, new Precondition.Absent())))
                .isEqualTo(new PolicyReply.Put(22, true));
    }

    @Test
    void policy_versions_neverRepeatAndPreconditionsHold() {
        GuardRig rig = new GuardRig();
        List<PolicyReply> replies = new ArrayList<>();
        replies.add(rig.take(rig.guard.putPolicy(TenantPolicy.DEFAULT, new Precondition.Present())));
        replies.add(rig.take(rig.guard.putPolicy(TenantPolicy.DEFAULT, new Precondition.Absent())));
        replies.add(rig.take(rig.guard.putPolicy(TenantPolicy.DEFAULT, new Precondition.Absent())));
        replies.add(rig.take(rig.guard.putPolicy(TenantPolicy.DEFAULT, new Precondition.Version(1))));
        replies.add(rig.take(rig.guard.deletePolicy(new Precondition.Version(1))));
        replies.add(rig.take(rig.guard.deletePolicy(new Precondition.Version(2))));
        replies.add(rig.take(rig.guard.deletePolicy(new Precondition.None())));
        rig.crash();
        replies.add(rig.take(rig.guard.putPolicy(TenantPolicy.DEFAULT, new Precondition.None())));

        assertThat(replies)
                .containsExactly(
                        new PolicyReply.PreconditionFailed(),
                        new PolicyReply.Put(1, true),
                        new PolicyReply.PreconditionFailed(),
                        new PolicyReply.Put(2, false),
                        new PolicyReply.PreconditionFailed(),
                        new PolicyReply.Deleted(),
                        new PolicyReply.UnknownTenant(),
                        new PolicyReply.Put(4, true));
    }
}
