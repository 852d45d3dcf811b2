package io.bulwark.node.guard;

import static io.bulwark.node.guard.StandInRig.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.circuit.Outcome;
import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand.Settle;
import io.bulwark.guard.GuardSilentException;
import io.bulwark.ratelimit.Durability;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import io.bulwark.tenant.TenantPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random calls to a guard that comes and goes: everybody is answered in time, and in the end nothing is held anywhere. */
class StandInLeakTest {
    private static final Duration WAIT_MAX = Duration.ofSeconds(3);
    /** What a call may take at most: its wait, its detection, and the wait for a guard that must be waited for. */
    private static final Duration ANSWERED_WITHIN =
            WAIT_MAX.plus(StandInRig.WITHIN).plusSeconds(1);

    private static final int STEPS = 400;

    static LongStream seeds() {
        return LongStream.range(0, 40);
    }

    private final StandInRig rig = new StandInRig();
    private final List<CompletableFuture<Admission>> calls = new ArrayList<>();
    private int late;
    private int admitted;
    private int stoodIn;
    private int refused;

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyCall_isAnsweredInTime_andEveryPermitComesBack(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        TenantPolicy policy = switch (random.nextInt(4)) {
            case 0 -> StandInRig.policy(OnGuardUnavailable.REFUSE, 1_000_000, Durability.SOFT);
            case 1 -> StandInRig.policy(OnGuardUnavailable.ADMIT, 1_000_000, Durability.STRICT);
            default -> StandInRig.policy(OnGuardUnavailable.ADMIT, 1_000_000, Durability.SOFT);
        };
        rig.owner.put(policy);
        rig.directory.lines.put(ACME, new LastKnown(1, policy));

        for (int step = 0; step < STEPS; step++) {
            step(random);
        }
        rig.ownerAway = false;
        rig.owner.back();
        rig.pass(ANSWERED_WITHIN.plusSeconds(1));

        assertThat(late).as("answered too late").isZero();
        assertThat(calls).allMatch(CompletableFuture::isDone);
        assertThat(admitted).as("admitted").isPositive();
        assertThat(stoodIn + refused).as("in silence").isPositive();
        assertThat(rig.owner.guard(ACME).permitsOut())
                .as("permits out at the guard")
                .isZero();
        assertThat(rig.guards.silent()).as("silent guards").isZero();
        assertThat(rig.call().join()).as("the guard is asked again").isInstanceOf(Admission.Admitted.class);
        rig.pass(Duration.ofSeconds(30));
        assertThat(rig.guards.standIns())
                .as("stand-ins, of which each is kept while a permit is out")
                .isZero();
    }

    private void step(SplittableRandom random) {
        switch (random.nextInt(20)) {
            case 0 -> rig.owner.silent = true;
            // Messages to a guard that is paused or being moved come late.
            case 1, 2 -> rig.owner.back();
            case 3 -> rig.ownerAway = random.nextInt(4) == 0;
            case 4, 5, 6, 7, 8, 9 -> rig.passMillis(random.nextInt(2_000));
            default -> call(random);
        }
    }

    private void call(SplittableRandom random) {
        Duration wait = random.nextBoolean() ? Duration.ZERO : Duration.ofMillis(random.nextLong(WAIT_MAX.toMillis()));
        var begun = rig.now();
        CompletableFuture<Admission> call = rig.call("k" + random.nextInt(5), wait);
        calls.add(call);
        Duration took = Duration.ofMillis(random.nextLong(3_000));
        var _ = call.whenComplete((answer, failure) -> {
            late += Duration.between(begun, rig.now()).compareTo(ANSWERED_WITHIN) > 0 ? 1 : 0;
            if (failure != null) {
                assertThat(failure).isInstanceOf(GuardSilentException.class);
                refused++;
            } else {
                answered(answer, took);
            }
        });
    }

    private void answered(Admission answer, Duration took) {
        switch (answer) {
            case Admission.StoodIn(Admission ours) -> {
                stoodIn++;
                answered(ours, took);
            }
            case Admission.Admitted call -> {
                admitted++;
                rig.after(took, () -> rig.guards.tell(ACME, new Settle(call.permit(), Outcome.SUCCESS, took)));
            }
            case Admission other ->
                assertThat(other).isInstanceOfAny(Admission.FirstFinished.class, Admission.StillInFlight.class);
        }
    }
}
