package io.bulwark.node.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CollectorTest {
    private final LinkedBlockingQueue<List<Integer>> handed = new LinkedBlockingQueue<>();

    private List<Integer> next() throws InterruptedException {
        List<Integer> together = handed.poll(30, TimeUnit.SECONDS);
        return together == null ? List.of() : together;
    }

    @Test
    void offer_one_isHandedOverWithoutOthers() throws InterruptedException {
        try (var collector = new Collector<Integer>("test", Duration.ofMillis(1), handed::add)) {
            assertThat(collector.offer(7)).isTrue();
            assertThat(next()).containsExactly(7);
        }
    }

    @Test
    void offer_whileTheLastHandOverIsAtWork_goTogetherInOrderAndBounded() throws InterruptedException {
        CountDownLatch first = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        try (var collector = new Collector<Integer>("test", Duration.ZERO, together -> {
            handed.add(together);
            first.countDown();
            await(goOn);
        })) {
            collector.offer(-1);
            await(first);
            IntStream.range(0, 1_000).forEach(collector::offer);
            goOn.countDown();
            assertThat(next()).containsExactly(-1);
            List<Integer> all = new ArrayList<>();
            while (all.size() < 1_000) {
                List<Integer> together = next();
                assertThat(together).isNotEmpty().hasSizeLessThanOrEqualTo(Collector.TOGETHER_MAX);
                all.addAll(together);
            }
            assertThat(all).isSorted().hasSize(1_000);
            assertThat(handed).isEmpty();
        }
    }

    @Test
    void offer_asManyWaitAsMay_isRefused() {
        CountDownLatch never = new CountDownLatch(1);
        try (var collector = new Collector<Integer>("test", Duration.ZERO, together -> await(never))) {
            int taken = 0;
            while (collector.offer(taken) && taken < 100_000) {
                taken++;
            }
            assertThat(taken).isBetween(8_192, 8_192 + Collector.TOGETHER_MAX);
        } finally {
            never.countDown();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            var _ = latch.await(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
