package io.bulwark.node.scaling.keda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class KedaPulseTest {
    private final AtomicInteger number = new AtomicInteger(3);
    private final Pulse pulse = new Pulse(number::get, 3);

    private List<Boolean> looks(int count) {
        List<Boolean> due = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            due.add(pulse.isDue());
        }
        return due;
    }

    @Test
    void isDue_nothingChanges_isSoAtEveryThirdLook() {
        assertThat(looks(7)).containsExactly(false, false, true, false, false, true, false);
    }

    @Test
    void isDue_numberChanges_isSoOnceAndTheQuietLooksBeginAnew() {
        assertThat(looks(2)).containsOnly(false);

        number.set(4);
        assertThat(looks(4)).containsExactly(true, false, false, true);
    }
}
