package io.bulwark.load.drive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.load.drive.Gets.Ended;
import io.bulwark.load.history.History;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ClosedLoopTest {
    private static final Duration NONE = Duration.ZERO;
    private static final Duration MEASURED = Duration.ofMillis(400);
    private static final Behaviour OK = new Behaviour.Answer(200);

    @Test
    void run_serviceThatAnswers_sendsEveryNumberOnceAndCountsAll() {
        try (ExecutionCountingService service = ExecutionCountingService.start(Plan.always(OK), new History())) {
            Gets work = new Gets(service.address());
            Measured measured = ClosedLoop.run(work, 8, NONE, MEASURED);
            assertThat(measured.calls()).isPositive().isEqualTo(service.arrivals());
            assertThat(measured.failed()).isZero();
            assertThat(measured.statuses()).isEqualTo(Map.of(200, measured.calls()));
            assertThat(measured.millis(50)).isPositive().isLessThanOrEqualTo(measured.millis(100));
            assertThat(measured.seconds()).hasSize(1);
            assertThat(measured.seconds().getFirst().calls()).isEqualTo(measured.calls());
            assertThat(work.all()).extracting(Ended::number).doesNotHaveDuplicates();
            assertThat(service.requests()).allMatch(request -> service.arrivals(key(request.target())) == 1);
        }
    }

    private static String key(String target) {
        return "key-" + target.substring(1);
    }

    @Test
    void run_withWarmUp_leavesItOutOfTheFigures() {
        try (ExecutionCountingService service = ExecutionCountingService.start(Plan.always(OK), new History())) {
            Gets work = new Gets(service.address());
            Measured measured = ClosedLoop.run(work, 2, MEASURED, MEASURED);
            assertThat(measured.calls()).isPositive().isLessThan(work.all().size());
        }
    }

    @Test
    void run_chunkedAnswersAndNone_areReadToTheirEnd() {
        Plan plan = (request, key, earlier) -> new Behaviour.Raw(
                Integer.parseInt(request.target().substring(1)) % 2 == 0
                        ? "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfour\r\n0\r\n\r\n"
                        : "HTTP/1.1 204 No Content\r\n\r\n");
        try (ExecutionCountingService service = ExecutionCountingService.start(plan, new History())) {
            Measured measured = ClosedLoop.run(
                    new Gets(service.address()) {
                        @Override
                        public boolean isRight(int status) {
                            return status == 200 || status == 204;
                        }
                    },
                    3,
                    NONE,
                    MEASURED);
            assertThat(measured.failed()).isZero();
            assertThat(measured.statuses()).containsOnlyKeys(200, 204);
        }
    }

    @Test
    void run_wrongStatuses_countAsFailed() {
        Plan plan =
                (request, key, earlier) -> new Behaviour.Answer(request.target().endsWith("7") ? 503 : 200);
        try (ExecutionCountingService service = ExecutionCountingService.start(plan, new History())) {
            Measured measured = ClosedLoop.run(new Gets(service.address()), 4, NONE, MEASURED);
            assertThat(measured.failed())
                    .isPositive()
                    .isEqualTo(measured.statuses().get(503));
        }
    }

    @Test
    void run_connectionsThatBreak_failTheirCallAndAreOpenedAgain() {
        Plan plan = (request, key, earlier) -> switch (Integer.parseInt(
                        request.target().substring(1))
                % 8) {
            case 1 -> new Behaviour.CloseSilently();
            case 3 -> new Behaviour.BreakOff();
            case 5 -> new Behaviour.Garbage();
            case 7 -> new Behaviour.Raw("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n12");
            default -> OK;
        };
        try (ExecutionCountingService service = ExecutionCountingService.start(plan, new History())) {
            Gets work = new Gets(service.address());
            Measured measured = ClosedLoop.run(work, 4, NONE, MEASURED);
            assertThat(measured.calls()).isGreaterThan(8).isEqualTo(service.arrivals());
            assertThat(work.all()).allMatch(call -> (call.status() == 200) == (call.number() % 2 == 0));
            assertThat(measured.failed())
                    .isEqualTo(work.all().stream()
                            .filter(call -> call.number() % 2 == 1)
                            .count());
        }
    }

    @Test
    void run_serviceThatHangs_givesUpAfterTheWorksPatience() {
        Plan plan = Plan.always(new Behaviour.Hang());
        try (ExecutionCountingService service = ExecutionCountingService.start(plan, new History())) {
            Gets work = new Gets(Duration.ofMillis(100), service.address());
            Measured measured = ClosedLoop.run(work, 2, NONE, MEASURED);
            assertThat(measured.calls()).isGreaterThanOrEqualTo(2).isEqualTo(measured.failed());
            assertThat(measured.statuses()).isEmpty();
            assertThat(work.all()).allMatch(call -> call.millis() >= 100);
        }
    }

    @Test
    void run_severalAddresses_callsAll() {
        try (ExecutionCountingService one = ExecutionCountingService.start(Plan.always(OK), new History());
                ExecutionCountingService two = ExecutionCountingService.start(Plan.always(OK), new History())) {
            Measured measured = ClosedLoop.run(new Gets(one.address(), two.address()), 4, NONE, MEASURED);
            assertThat(one.arrivals()).isPositive().isLessThan(measured.calls());
            assertThat(one.arrivals() + two.arrivals()).isEqualTo(measured.calls());
        }
    }

    @Test
    void run_addressWhereNobodyListens_goesToTheOthers() {
        URI gone;
        try (ExecutionCountingService closed = ExecutionCountingService.start(Plan.always(OK), new History())) {
            gone = closed.address();
        }
        try (ExecutionCountingService service = ExecutionCountingService.start(Plan.always(OK), new History())) {
            Measured measured = ClosedLoop.run(new Gets(gone, service.address()), 4, NONE, MEASURED);
            assertThat(measured.calls()).isPositive().isEqualTo(service.arrivals());
            assertThat(measured.failed()).isZero();
        }
    }

    @Test
    void run_withoutConnections_isRefused() {
        Gets work = new Gets(URI.create("http://127.0.0.1:1"));
        assertThatThrownBy(() -> ClosedLoop.run(work, 0, NONE, MEASURED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("expected 1 connection or more");
    }

    @Test
    void run_dialogue_sendsWhatFollowsOnAnAnswerAndCountsOneCall() {
        Plan plan =
                (request, key, earlier) -> new Behaviour.Answer(request.target().endsWith("/second") ? 200 : 201);
        try (ExecutionCountingService service = ExecutionCountingService.start(plan, new History())) {
            TwoSteps work = new TwoSteps(service.address());
            Measured measured = ClosedLoop.run(work, 4, NONE, MEASURED);
            assertThat(measured.failed()).isZero();
            assertThat(service.arrivals()).isEqualTo(2 * measured.calls());
            assertThat(measured.statuses()).isEqualTo(Map.of(200, measured.calls(), 201, measured.calls()));
            assertThat(work.seen)
                    .isEqualTo(work.all().stream()
                            .map(call -> "\"key\":\"key-" + call.number() + "\"")
                            .collect(Collectors.toSet()));
        }
    }

    private static final class TwoSteps extends Gets implements Dialogue {
        private final Set<String> seen = ConcurrentHashMap.newKeySet();

        TwoSteps(URI address) {
            super(address);
        }

        @Override
        public boolean isRight(int status) {
            return status == 200 || status == 201;
        }

        @Override
        public byte[] next(long number, int step, Answer answer) {
            String body = new String(answer.body(), 0, answer.length(), StandardCharsets.US_ASCII);
            if (step == 0) {
                seen.add(body.substring(1, body.indexOf(',')));
            }
            return step == 0 ? get("/" + number + "/second", "second-" + number) : NOTHING_MORE;
        }
    }
}
