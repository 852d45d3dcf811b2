package io.bulwark.idempotency;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class InFlightTest {
    private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");
    private static final Fingerprint ONE = new Fingerprint("one");
    private static final Fingerprint OTHER = new Fingerprint("other");

    private final InFlight table = new InFlight();

    @Test
    void begin_nobodyIsAtIt_isFirst() {
        assertThat(table.look(key(1), ONE, NOW)).isEqualTo(new InFlight.Verdict.First());
        assertThat(begin(1, ONE, 1, 10)).isEqualTo(new InFlight.Verdict.First());
        assertThat(table.keys()).isEqualTo(1);
    }

    @Test
    void begin_sameRequest_isDuplicateAndChangesNothing() {
        begin(1, ONE, 1, 10);
        assertThat(begin(1, ONE, 2, 20)).isEqualTo(new InFlight.Verdict.Duplicate(NOW.plusSeconds(10)));
        assertThat(table.look(key(1), ONE, NOW)).isEqualTo(new InFlight.Verdict.Duplicate(NOW.plusSeconds(10)));
        assertThat(table.finish(2)).isEmpty();
        assertThat(table.keys()).isEqualTo(1);
    }

    @Test
    void begin_anotherRequestUnderTheKey_isReused() {
        begin(1, ONE, 1, 10);
        assertThat(begin(1, OTHER, 2, 20)).isEqualTo(new InFlight.Verdict.Reused());
    }

    @Test
    void begin_permitOfAnotherCall_isRefused() {
        begin(1, ONE, 1, 10);
        assertThatThrownBy(() -> begin(2, ONE, 1, 10))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("The permit is 1: expected one that no other call in flight has");
        assertThat(table.keys()).isEqualTo(1);
    }

    @Test
    void finish_wakesThoseWhoWaitInOrder_once() {
        begin(1, ONE, 1, 10);
        begin(2, ONE, 2, 10);
        await(1, 7, 5);
        await(2, 8, 5);
        await(1, 6, 5);
        assertThat(table.finish(1)).containsExactly(7L, 6L);
        assertThat(table.finish(1)).isEmpty();
        assertThat(table.waiters()).isEqualTo(1);
        assertThat(begin(1, OTHER, 3, 10)).isEqualTo(new InFlight.Verdict.First());
    }

    @Test
    void await_nobodyIsAtIt_saysSo() {
        assertThat(await(1, 1, 5)).isEqualTo(new InFlight.Waiting.NothingInFlight());
    }

    @Test
    void lapse_firstIsLost_wakesItsWaitersAndFreesTheKey() {
        begin(1, ONE, 1, 10);
        await(1, 5, 10);
        await(1, 6, 11);
        assertThat(table.lapse(NOW.plusSeconds(10).minusNanos(1))).isEqualTo(lapsed(List.of(), List.of(), List.of()));
        assertThat(table.lapse(NOW.plusSeconds(10))).isEqualTo(lapsed(List.of(1L), List.of(5L, 6L), List.of()));
        assertThat(table.look(key(1), OTHER, NOW)).isEqualTo(new InFlight.Verdict.First());
        assertThat(table.nextLapse()).isEmpty();
    }

    @Test
    void lapse_deadlineOfAWaiter_handsBackOnlyThatOne() {
        begin(1, ONE, 1, 10);
        await(1, 5, 2);
        await(1, 6, 3);
        assertThat(table.nextLapse()).contains(NOW.plusSeconds(2));
        assertThat(table.lapse(NOW.plusSeconds(2))).isEqualTo(lapsed(List.of(), List.of(), List.of(5L)));
        assertThat(table.finish(1)).containsExactly(6L);
    }

    @Test
    void begin_asManyKeysAsMayBe_isFullUntilOneEnds() {
        for (int i = 0; i < InFlight.KEYS_MAX; i++) {
            assertThat(begin(i, ONE, i, 10)).isEqualTo(new InFlight.Verdict.First());
        }
        assertThat(begin(-1, ONE, -1, 10)).isEqualTo(new InFlight.Verdict.Full(InFlight.FULL_RETRY_MAX));
        assertThat(begin(5, ONE, -1, 10)).isInstanceOf(InFlight.Verdict.Duplicate.class);
        assertThat(table.look(key(-1), ONE, NOW.plusMillis(9_700)))
                .isEqualTo(new InFlight.Verdict.Full(Duration.ofMillis(300)));
        assertThat(table.look(key(-1), ONE, NOW.plusMillis(10_000)))
                .isEqualTo(new InFlight.Verdict.Full(Duration.ofMillis(1)));
        table.finish(77);
        assertThat(begin(-1, ONE, -1, 10)).isEqualTo(new InFlight.Verdict.First());
    }

    @Test
    void await_asManyForOneKeyAsMayBe_isFullForThatKey() {
        begin(1, ONE, 1, 10);
        begin(2, ONE, 2, 10);
        for (int i = 0; i < InFlight.WAITERS_PER_KEY_MAX; i++) {
            assertThat(await(1, i, 5)).isEqualTo(new InFlight.Waiting.Noted());
        }
        assertThat(await(1, 1_000, 5)).isEqualTo(new InFlight.Waiting.Full(InFlight.FULL_RETRY_MAX));
        assertThat(await(2, 1_000, 5)).isEqualTo(new InFlight.Waiting.Noted());
        assertThat(table.finish(1))
                .containsExactlyElementsOf(LongStream.range(0, 100).boxed().toList());
    }

    @Test
    void await_asManyInAllAsMayBe_isFullForEveryKey() {
        for (int i = 0; i <= InFlight.WAITERS_MAX / InFlight.WAITERS_PER_KEY_MAX; i++) {
            begin(i, ONE, i, 10);
        }
        for (int i = 0; i < InFlight.WAITERS_MAX; i++) {
            assertThat(await(i / InFlight.WAITERS_PER_KEY_MAX, i, 5)).isEqualTo(new InFlight.Waiting.Noted());
        }
        int last = InFlight.WAITERS_MAX / InFlight.WAITERS_PER_KEY_MAX;
        assertThat(await(last, -1, 5)).isEqualTo(new InFlight.Waiting.Full(InFlight.FULL_RETRY_MAX));
        table.lapse(NOW.plusSeconds(5));
        assertThat(table.waiters()).isZero();
        assertThat(await(last, -1, 5)).isEqualTo(new InFlight.Waiting.Noted());
    }

    static IntStream seeds() {
        return IntStream.range(0, 100);
    }

    /** Every waiter is handed back exactly once, for the right reason, and by its deadline or its first's end. */
    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void everyWaiterIsHandedBackOnceAndInTime(int seed) {
        History history = new History(new SplittableRandom(seed));
        for (int i = 0; i < 800; i++) {
            history.step();
        }
        history.now = history.now.plusSeconds(60);
        history.lapse();
        assertThat(history.waiting).isEmpty();
        assertThat(history.table.waiters()).isZero();
        assertThat(history.table.keys()).isZero();
        assertThat(history.table.nextLapse()).isEmpty();
        assertThat(history.handedBack).isNotEmpty();
    }

    /** The table beside a model that is a plain list of who is at work and who waits for whom. */
    private static final class History {
        private record Waiter(long permit, Instant deadline) {}

        private record Call(int key, Instant until) {}

        private final SplittableRandom random;
        private final InFlight table = new InFlight();
        private final Map<Long, Call> calls = new HashMap<>();
        private final Map<Long, Waiter> waiting = new HashMap<>();
        private final Set<Long> handedBack = new HashSet<>();
        private Instant now = NOW;
        private long ids;

        private History(SplittableRandom random) {
            this.random = random;
        }

        private void step() {
            now = now.plusMillis(random.nextInt(50));
            switch (random.nextInt(4)) {
                case 0 -> begin(random.nextInt(20));
                case 1, 2 -> await(random.nextInt(20));
                case 3 -> finishOrLapse();
                default -> throw new AssertionError("nextInt(4) is below 4");
            }
            assertThat(table.keys()).isEqualTo(calls.size());
            assertThat(table.waiters()).isEqualTo(waiting.size());
        }

        private List<Long> permitsOf(int key) {
            return calls.entrySet().stream()
                    .filter(call -> call.getValue().key() == key)
                    .map(Map.Entry::getKey)
                    .toList();
        }

        private void begin(int key) {
            Instant until = now.plusMillis(random.nextInt(1, 2_000));
            InFlight.Verdict verdict = table.begin(key(key), ONE, ++ids, until, now);
            assertThat(verdict instanceof InFlight.Verdict.First)
                    .isEqualTo(permitsOf(key).isEmpty());
            if (verdict instanceof InFlight.Verdict.First) {
                calls.put(ids, new Call(key, until));
            }
        }

        private void await(int key) {
            Instant deadline = now.plusMillis(random.nextInt(1_000));
            InFlight.Waiting answer = table.await(key(key), ++ids, deadline, now);
            assertThat(answer instanceof InFlight.Waiting.Noted)
                    .isEqualTo(!permitsOf(key).isEmpty());
            if (answer instanceof InFlight.Waiting.Noted) {
                waiting.put(ids, new Waiter(permitsOf(key).getFirst(), deadline));
            }
        }

        private void finishOrLapse() {
            if (random.nextBoolean() || calls.isEmpty()) {
                lapse();
                return;
            }
            long permit = new ArrayList<>(calls.keySet()).get(random.nextInt(calls.size()));
            calls.remove(permit);
            List<Long> woken = table.finish(permit);
            woken.forEach(id -> assertThat(handBack(id).permit()).isEqualTo(permit));
            assertThat(waiting.values()).noneMatch(waiter -> waiter.permit() == permit);
        }

        private void lapse() {
            InFlight.Lapsed lapsed = table.lapse(now);
            lapsed.lost()
                    .forEach(permit -> assertThat(
                                    requireNonNull(calls.remove(permit)).until())
                            .isBeforeOrEqualTo(now));
            assertThat(calls.values()).allMatch(call -> call.until().isAfter(now));
            lapsed.woken()
                    .forEach(id ->
                            assertThat(lapsed.lost()).contains(handBack(id).permit()));
            lapsed.timedOut().forEach(id -> assertThat(handBack(id).deadline()).isBeforeOrEqualTo(now));
            assertThat(waiting.values()).allMatch(waiter -> waiter.deadline().isAfter(now));
            assertThat(waiting.values()).allMatch(waiter -> calls.containsKey(waiter.permit()));
            assertThat(table.nextLapse().map(next -> next.isAfter(now)).orElse(true))
                    .isTrue();
        }

        private Waiter handBack(long id) {
            assertThat(handedBack.add(id))
                    .as("waiter %d is handed back once", id)
                    .isTrue();
            return requireNonNull(waiting.remove(id), "a waiter that is handed back was waiting");
        }
    }

    private InFlight.Verdict begin(int key, Fingerprint fingerprint, long permit, int seconds) {
        return table.begin(key(key), fingerprint, permit, NOW.plusSeconds(seconds), NOW);
    }

    private InFlight.Waiting await(int key, long waiter, int seconds) {
        return table.await(key(key), waiter, NOW.plusSeconds(seconds), NOW);
    }

    private static InFlight.Lapsed lapsed(List<Long> lost, List<Long> woken, List<Long> timedOut) {
        return new InFlight.Lapsed(lost, woken, timedOut);
    }

    private static IdempotencyKey key(int number) {
        return new IdempotencyKey("key" + number);
    }
}
