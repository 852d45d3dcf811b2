package io.bulwark.load.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.node.Wait;
import io.bulwark.load.result.Second;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PacedTest {
    @Test
    void run_untilStopped_givesEachItsNumberAndSortsThemIntoSeconds() {
        ConcurrentLinkedQueue<Long> numbers = new ConcurrentLinkedQueue<>();

        Paced.Outcome outcome = new Paced(1_000, 50)
                .run(
                        after(2_500),
                        number -> {
                            numbers.add(number);
                            return number % 10 != 0;
                        },
                        second -> {});

        assertThat(numbers)
                .containsExactlyInAnyOrderElementsOf(
                        LongStream.range(0, 2_500).boxed().toList());
        assertThat(outcome.calls()).isEqualTo(2_500);
        assertThat(outcome.failed()).isEqualTo(250);
        assertThat(outcome.seconds()).extracting(Second::calls).containsExactly(1_000L, 1_000L, 500L);
        assertThat(outcome.seconds()).extracting(Second::failed).containsExactly(100L, 100L, 50L);
        assertThat(outcome.seconds()).extracting(Second::at).containsExactly(0, 1, 2);
        assertThat(outcome.latencies().getTotalCount()).isEqualTo(2_500);
        assertThat(outcome.perSecond()).isEqualTo(750);
    }

    /** A closed loop would send the others later and call them fast. */
    @Test
    void run_whenOneHoldsTheOnlyPlace_letsThoseBehindItCountTheirWaiting() {
        long begin = System.nanoTime();

        Paced.Outcome outcome = new Paced(1_000, 1)
                .run(
                        after(301),
                        number -> {
                            if (number == 0) {
                                Wait.until(begin + 300_000_000L);
                            }
                            return true;
                        },
                        second -> {});

        assertThat(outcome.millis(100)).isGreaterThan(250);
        assertThat(outcome.millis(50)).as("half of those that waited").isGreaterThan(100);
    }

    @Test
    void run_longerThanTheLiveView_showsSecondsInOrder() {
        List<Second> shown = new ArrayList<>();

        new Paced(100, 10).run(after(501), number -> true, shown::add);

        assertThat(shown).extracting(Second::at).containsExactly(0, 1, 2);
        assertThat(shown).extracting(Second::calls).containsOnly(100L);
    }

    @Test
    void create_withoutAnyCalls_isRefused() {
        assertThatThrownBy(() -> new Paced(0, 1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("perSecond is 0");
    }

    private static BooleanSupplier after(int calls) {
        AtomicInteger asked = new AtomicInteger();
        return () -> asked.getAndIncrement() >= calls;
    }
}
