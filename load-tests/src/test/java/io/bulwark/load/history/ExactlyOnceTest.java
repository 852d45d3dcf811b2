package io.bulwark.load.history;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.history.Arrival.Done;
import io.bulwark.load.history.Ending.Answered;
import io.bulwark.load.history.Ending.Lost;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExactlyOnceTest {
    private final History history = new History();
    private long clock;

    @Test
    void violations_ofAGoodHistory_areNone() {
        arrival(1, Done.REFUSED, "busy");
        call(answer(503, "busy", false));
        arrival(2, Done.ANSWERED, "paid");
        call(answer(201, "paid", false));
        call(answer(201, "paid", true));
        call(new Lost("killed"));

        call(answer(201, "paid", true));

        assertThat(violations()).isEmpty();
    }

    @Test
    void atMostOneExecution_secondArrivalAfterAnExecution_isFound() {
        arrival(1, Done.ANSWERED, "a");
        arrival(2, Done.ANSWERED, "b");
        call(answer(201, "b", false));

        assertThat(violations()).singleElement().asString().contains("reached the service again");
    }

    @Test
    void atMostOneExecution_arrivalAfterOneLeftOpen_isFound() {
        arrival(1, Done.LEFT_OPEN, "a");
        arrival(2, Done.REFUSED, "b");
        call(problem(504, "service-timeout"));

        assertThat(violations()).singleElement().asString().contains("reached the service again");
    }

    @Test
    void oneAnswerForEachKey_twoContents_isFound() {
        arrival(1, Done.ANSWERED, "a");
        call(answer(201, "a", false));
        call(answer(200, "a", true));

        assertThat(violations()).singleElement().asString().contains("different answers");
    }

    @Test
    void oneAnswerForEachKey_twoFirsts_isFound() {
        arrival(1, Done.ANSWERED, "a");
        call(answer(201, "a", false));
        call(answer(201, "a", false));

        assertThat(violations()).singleElement().asString().contains("two firsts");
    }

    @Test
    void noAnswerIsInvented_bodyThatNoArrivalGave_isFound() {
        arrival(1, Done.ANSWERED, "a");
        call(answer(201, "b", false));

        assertThat(violations()).singleElement().asString().contains("No arrival");
    }

    @Test
    void whatIsRecordedStaysRecorded_unknownAfterAnAnswer_isFound() {
        arrival(1, Done.ANSWERED, "a");
        call(answer(201, "a", false));
        call(problem(409, "operation-outcome-unknown"));
        call(answer(201, "a", true));

        assertThat(violations()).singleElement().asString().startsWith("After ");
    }

    @Test
    void whatIsRecordedStaysRecorded_inFlightWhileNobodyElseCalls_isFound() {
        arrival(1, Done.ANSWERED, "a");
        call(answer(201, "a", false));
        call(problem(409, "operation-in-flight"));
        call(answer(201, "a", true));

        assertThat(violations()).singleElement().asString().startsWith("After ");
    }

    @Test
    void whatIsRecordedStaysRecorded_inFlightDuringASlowReplay_isFine() {
        arrival(1, Done.ANSWERED, "a");
        call(answer(201, "a", false));
        history.add(new Call("k", 1, "", clock, clock + 5, answer(201, "a", true)));
        call(problem(409, "operation-in-flight"));
        clock += 5;
        call(answer(201, "a", true));

        assertThat(violations()).isEmpty();
    }

    @Test
    void unknownIsExplained_byNothing_isFound() {
        arrival(1, Done.ANSWERED, "a");
        call(problem(409, "operation-outcome-unknown"));

        assertThat(violations()).singleElement().asString().contains("Nothing explains");
    }

    @Test
    void unknownIsExplained_byAKillDuringACall_isFine() {
        arrival(1, Done.ANSWERED, "a");
        call(new Lost("connection reset"));
        history.add(new History.Fault("kill", clock - 1, clock + 5));
        clock += 10;
        call(problem(409, "operation-outcome-unknown"));

        assertThat(violations()).isEmpty();
    }

    @Test
    void everyAnswerIsDocumented_aProblemThatDoesNotBelongHere_isFound() {
        arrival(1, Done.ANSWERED, "a");
        call(problem(500, "internal"));
        call(answer(201, "a", true));

        assertThat(violations()).singleElement().asString().contains("does not have");
    }

    @Test
    void noKeyIsLost_endingInFlight_isFound() {
        call(problem(409, "operation-in-flight"));

        assertThat(violations()).containsExactly("The key k ended as IN_FLIGHT");
    }

    @Test
    void noKeyIsLost_neverSent_isFound() {
        assertThat(violations()).containsExactly("The key k ended as never sent");
    }

    private List<String> violations() {
        return ExactlyOnce.violations(history, List.of("k"));
    }

    private void arrival(long number, Done done, String body) {
        history.add(new Arrival(number, "k", clock++, done, body));
    }

    private void call(Ending ending) {
        history.add(new Call("k", 0, "", clock++, clock++, ending));
    }

    private static Answered answer(int status, String body, boolean replayed) {
        return new Answered(status, Optional.empty(), replayed, false, body);
    }

    private static Answered problem(int status, String name) {
        return new Answered(status, Optional.of(name), false, false, "{}");
    }
}
