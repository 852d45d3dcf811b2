package io.bulwark.node.guard;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.guard.Admission;
import io.bulwark.guard.GuardCommand.Admit;
import io.bulwark.ratelimit.Durability;
import io.bulwark.tenant.OnGuardUnavailable;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A question that is lost while its guard moves, and whose guard answers whatever comes after it. */
class LostQuestionTest {
    private final StandInRig rig = new StandInRig();

    @ParameterizedTest
    @CsvSource({"0, 600", "20000, 1600"})
    void lostWhileTheGuardMoved_isAskedAgainAndAnsweredByTheGuard(int waitMillis, int answeredAfterMillis) {
        rig.owner.put(StandInRig.policy(OnGuardUnavailable.ADMIT, 9, Durability.SOFT));
        rig.owner.silent = true;
        rig.owner.deaf = true;
        CompletableFuture<Admission> call = rig.call("k", Duration.ofMillis(waitMillis));
        rig.owner.silent = false;

        rig.passMillis(answeredAfterMillis);

        assertThat(call.getNow(new Admission.UnknownTenant())).isInstanceOf(Admission.Admitted.class);
        assertThat(rig.owner.asked(Admit.class)).isEqualTo(2);
    }
}
