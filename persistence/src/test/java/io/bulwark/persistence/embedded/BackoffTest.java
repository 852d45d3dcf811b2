package io.bulwark.persistence.embedded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    @Test
    void pause_doublesUpToTheLongest_whileTheServerKeepsDying() {
        Backoff backoff = Backoff.NONE;
        Duration last = Duration.ZERO;
        for (int death = 0; death < 20; death++) {
            backoff = backoff.after(Duration.ofMillis(10));
            assertThat(backoff.pause()).isGreaterThanOrEqualTo(last).isLessThanOrEqualTo(Backoff.LONGEST);
            last = backoff.pause();
        }
        assertThat(last).isEqualTo(Backoff.LONGEST);
    }

    @Test
    void pause_isForgotten_whenTheServerHadRunForAWhile() {
        Backoff tired = Backoff.NONE.after(Duration.ZERO).after(Duration.ZERO);
        assertThat(tired.after(Backoff.STEADY_AFTER).pause()).isZero();
    }
}
