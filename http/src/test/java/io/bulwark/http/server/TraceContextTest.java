package io.bulwark.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceContextTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

    private final RandomGenerator random = new SplittableRandom(11);

    @ParameterizedTest
    @CsvSource({
        // the flag of sampling is kept, unknown flags are not; later versions are read as this one
        "00-" + TRACE + "-00f067aa0ba902b7-01, 01",
        "00-" + TRACE + "-00f067aa0ba902b7-00, 00",
        "00-" + TRACE + "-00f067aa0ba902b7-03, 01",
        "cc-" + TRACE + "-00f067aa0ba902b7-01, 01",
        "cc-" + TRACE + "-00f067aa0ba902b7-01-what-comes, 01",
    })
    void aValidTrace_isContinuedUnderAFreshSpan(String traceparent, String flags) {
        TraceContext trace = TraceContext.of(Optional.of(traceparent), random);

        assertThat(trace.traceId()).isEqualTo(TRACE);
        assertThat(trace.traceparent())
                .matches("00-" + TRACE + "-[0-9a-f]{16}-" + flags)
                .doesNotContain("00f067aa0ba902b7");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-" + TRACE + "-00f067aa0ba902b7-01",
                "00-" + TRACE + "-00f067aa0ba902b7-01-more",
                "cc-" + TRACE + "-00f067aa0ba902b7-01.more",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-" + TRACE + "-00f067aa0ba902b7-0x",
                "00_" + TRACE + "-00f067aa0ba902b7-01",
                "00-" + TRACE + "-00f067aa0ba902b7_01",
                "00-" + TRACE + "-00f067aa0ba902b7-01, 00-" + TRACE + "-00f067aa0ba902b7-01",
            })
    void anInvalidTrace_isReplaced(String traceparent) {
        TraceContext trace = TraceContext.of(Optional.of(traceparent), random);

        assertThat(trace.traceId()).isNotEqualTo(TRACE).matches("[0-9a-f]{32}");
        assertThat(trace.traceparent()).matches("00-" + trace.traceId() + "-[0-9a-f]{16}-01");
    }

    @ParameterizedTest
    @CsvSource({"PT0S, 0", "PT0.000000001S, 1", "PT1S, 1", "PT1.000000001S, 2", "-PT5S, 0", "PT1H, 3600"})
    void retryAfter_isWholeSecondsRoundedUp(Duration after, long seconds) {
        assertThat(Problem.wholeSeconds(after)).isEqualTo(seconds);
    }

    @Test
    void aProblem_carriesItsMembersAndTheTrace() {
        TraceContext trace = TraceContext.begin(random);
        Problem problem = Problem.conflict("token-stale", "Stale", "Do this.").with("state", "claimed");

        assertThat(RawAnswer.bytes(problem.response(trace)).utf8String())
                .startsWith("HTTP/1.1 409 Conflict\r\n")
                .contains("Content-Type: application/problem+json\r\n")
                .endsWith("{\"type\":\"urn:bulwark:problem:token-stale\",\"title\":\"Stale\",\"status\":409,"
                        + "\"detail\":\"Do this.\",\"state\":\"claimed\",\"traceId\":\"" + trace.traceId() + "\"}");
    }
}
