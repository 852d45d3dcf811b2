package io.bulwark.load.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.drive.Gets.Ended;
import io.bulwark.load.history.History;
import io.bulwark.load.result.Second;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OpenLoopTest {
    private static final Behaviour OK = new Behaviour.Answer(200);
    private static final int PAUSE_MILLIS = 400;

    @Test
    void run_atARate_sendsAsManyCallsAsAreMeantAtEvenDistances() {
        try (ExecutionCountingService service = ExecutionCountingService.start(Plan.always(OK), new History())) {
            Gets work = new Gets(service.address());
            Measured measured =
                    OpenLoop.run(work, 500, 16, Duration.ofMillis(200), Duration.ofMillis(1500), second -> {});
            assertThat(measured.calls()).isBetween(749L, 751L);
            assertThat(service.arrivals()).isEqualTo(850);
            assertThat(measured.failed()).isZero();
            List<Long> moments =
                    work.all().stream().map(Ended::intended).sorted().toList();
            assertThat(IntStream.range(1, moments.size()).mapToLong(i -> moments.get(i) - moments.get(i - 1)))
                    .allMatch(distance -> Math.abs(distance - 2_000_000) <= 1);
        }
    }

    /** One connection or many: the calls that were meant for the pause are seen to have waited for its end. */
    @ParameterizedTest
    @ValueSource(ints = {1, 32})
    void run_serviceThatPauses_showsThePauseToAllCallsMeantForIt(int connections) {
        try (ExecutionCountingService service = ExecutionCountingService.start(pausingOnce(100), new History())) {
            Gets work = new Gets(service.address());
            Measured measured =
                    OpenLoop.run(work, 500, connections, Duration.ZERO, Duration.ofSeconds(2), second -> {});
            long waitedHalf = work.all().stream()
                    .filter(call -> call.millis() >= PAUSE_MILLIS / 2.0)
                    .count();
            assertThat(measured.failed()).isZero();
            assertThat(waitedHalf).isGreaterThanOrEqualTo(500 * PAUSE_MILLIS / 1000 / 2);
            assertThat(measured.millis(99)).isGreaterThanOrEqualTo(PAUSE_MILLIS / 2.0);
        }
    }

    /** The contrast that makes an open loop necessary. */
    @Test
    void run_closedLoopOnOneConnection_hidesThePauseInOneCall() {
        try (ExecutionCountingService service = ExecutionCountingService.start(pausingOnce(100), new History())) {
            Gets work = new Gets(service.address());
            ClosedLoop.run(work, 1, Duration.ZERO, Duration.ofSeconds(1));
            assertThat(work.all())
                    .filteredOn(call -> call.number() == 100)
                    .allMatch(call -> call.millis() >= PAUSE_MILLIS);
        }
    }

    /** From this request on nothing is answered for a while, whoever asks. */
    private static Plan pausingOnce(int number) {
        AtomicReference<CompletableFuture<Void>> pause = new AtomicReference<>(new CompletableFuture<>());
        pause.get().complete(null);
        return (request, key, earlier) -> {
            if (request.target().equals("/" + number)) {
                pause.set(new CompletableFuture<Void>().completeOnTimeout(null, PAUSE_MILLIS, TimeUnit.MILLISECONDS));
            }
            return new Behaviour.After(pause.get(), OK);
        };
    }

    @Test
    void run_serviceThatHangs_givesUpSentAndWaitingCalls() {
        Plan plan = Plan.always(new Behaviour.Hang());
        try (ExecutionCountingService service = ExecutionCountingService.start(plan, new History())) {
            Gets work = new Gets(Duration.ofMillis(150), service.address());
            Measured measured = OpenLoop.run(work, 200, 2, Duration.ZERO, Duration.ofSeconds(1), second -> {});
            assertThat(measured.calls()).isBetween(199L, 201L).isEqualTo(measured.failed());
            assertThat(measured.perSecond()).isZero();
            assertThat(measured.millis(0)).isGreaterThanOrEqualTo(149);
            assertThat(service.arrivals())
                    .isLessThan(measured.calls())
                    .isEqualTo(work.all().size());
        }
    }

    @Test
    void run_serviceThatIsTooSlow_countsNoBacklogIntoTheRate() {
        CompletableFuture<Void> gate =
                new CompletableFuture<Void>().completeOnTimeout(null, 900, TimeUnit.MILLISECONDS);
        Plan plan = Plan.always(new Behaviour.After(gate, OK));
        try (ExecutionCountingService service = ExecutionCountingService.start(plan, new History())) {
            Measured measured = OpenLoop.run(
                    new Gets(service.address()), 200, 4, Duration.ZERO, Duration.ofMillis(500), second -> {});
            assertThat(measured.calls()).isEqualTo(100);
            assertThat(measured.failed()).isZero();
            assertThat(measured.perSecond()).isZero();
        }
    }

    @Test
    void run_serviceThatGoesAwayAndComesBack_isCalledAgain() {
        ExecutionCountingService first = ExecutionCountingService.start(Plan.always(OK), new History());
        int port = first.address().getPort();
        List<ExecutionCountingService> later = new ArrayList<>();
        Gets work = new Gets(first.address());
        Measured measured = OpenLoop.run(work, 300, 8, Duration.ZERO, Duration.ofSeconds(3), second -> {
            if (second.at() == 0) {
                first.close();
            } else if (later.isEmpty()) {
                later.add(ExecutionCountingService.start(port, Plan.always(OK), new History()));
            }
        });
        try {
            assertThat(later).hasSize(1);
            assertThat(later.getFirst().arrivals()).isPositive();
            assertThat(measured.calls()).isBetween(899L, 901L);
            assertThat(measured.failed()).isLessThanOrEqualTo(8);
            assertThat(work.all()).filteredOn(call -> call.status() == 200).hasSizeGreaterThan(890);
        } finally {
            later.forEach(ExecutionCountingService::close);
        }
    }

    @Test
    void run_severalSeconds_showsEachOnceAndInOrder() {
        try (ExecutionCountingService service = ExecutionCountingService.start(Plan.always(OK), new History())) {
            List<Second> live = new ArrayList<>();
            Measured measured = OpenLoop.run(
                    new Gets(service.address()), 100, 8, Duration.ZERO, Duration.ofMillis(2500), live::add);
            assertThat(live).extracting(Second::at).containsExactly(0, 1, 2);
            assertThat(measured.seconds()).extracting(Second::at).containsExactly(0, 1, 2);
            assertThat(measured.seconds().stream().mapToLong(Second::calls).sum())
                    .isEqualTo(measured.calls());
        }
    }

    @Test
    void run_atNoRate_isRefused() {
        Gets work = new Gets(URI.create("http://127.0.0.1:1"));
        assertThatThrownBy(() -> OpenLoop.run(work, 0, 1, Duration.ZERO, Duration.ofSeconds(1), second -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("callsPerSecond is 0");
    }

    @Test
    void run_whereNobodyListens_saysSoAndWhom() {
        URI gone;
        try (ExecutionCountingService closed = ExecutionCountingService.start(Plan.always(OK), new History())) {
            gone = closed.address();
        }
        Gets work = new Gets(Duration.ofSeconds(40), gone);
        assertThatThrownBy(() -> OpenLoop.run(work, 10, 1, Duration.ZERO, Duration.ofSeconds(30), second -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("No connection could be opened to any of")
                .hasMessageContaining(String.valueOf(gone.getPort()));
    }
}
