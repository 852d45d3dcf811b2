package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import io.bulwark.load.wire.HttpMessage;
import io.bulwark.load.wire.RawConnection;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What passes through a guarded call unchanged, what does not, and the headers that tell of limits. */
@ExtendWith(SharedStage.class)
class ForwardingContractTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String LIMITS = """
            {"limits":[{"name":"requests","capacity":100,"refill":1,"per":"PT1H"},
            {"name":"daily","algorithm":"sliding-window","capacity":1000,"per":"P1D"}]%s}""";

    private static Stage stage;
    private static BulwarkClient caller;
    private static ExecutionCountingService service;

    @BeforeAll
    static void prepare(Stage shared) {
        stage = shared;
        stage.tenant("forwarding", LIMITS.formatted(",\"legacyRateLimitHeaders\":true"));
        stage.tenant("modern", LIMITS.formatted(""));
        service = stage.service("echo", Plan.always(new Behaviour.Answer(201)), "");
        caller = stage.admin().with(stage.node().token("*", "caller"));
    }

    @Test
    void requestPassesUnchanged_methodPathQueryBodyAndHeaders() {
        caller.send(
                "PATCH",
                "/t/forwarding/echo/a%20b/c;d=1?x=%C3%A4&y=1&y=2",
                "{\"amount\":\"\u00e4\"}",
                "Idempotency-Key",
                "\"passes\"",
                "X-Own",
                "kept",
                "Accept-Language",
                "de");

        HttpMessage seen = service.latest();
        assertThat(seen.startLine()).isEqualTo("PATCH /a%20b/c;d=1?x=%C3%A4&y=1&y=2 HTTP/1.1");
        assertThat(seen.text()).isEqualTo("{\"amount\":\"\u00e4\"}");
        assertThat(seen.header("X-Own")).hasValue("kept");
        assertThat(seen.header("Accept-Language")).hasValue("de");
        assertThat(seen.header("Content-Type")).hasValue("application/json");
        assertThat(seen.header("Idempotency-Key")).hasValue("\"passes\"");
    }

    @Test
    void hopByHopHeadersAndTheTokenOfBulwark_stayHere() throws IOException {
        try (RawConnection raw = RawConnection.to(stage.node().address(), Duration.ofMinutes(1))) {
            raw.send("GET /t/forwarding/echo/hop HTTP/1.1\r\nHost: public.example\r\nAuthorization: Bearer "
                    + stage.node().token("*", "caller")
                    + "\r\nConnection: close, X-Nominated\r\nX-Nominated: 1\r\nKeep-Alive: timeout=5\r\n"
                    + "Proxy-Authorization: Basic YTpi\r\nTE: trailers\r\nX-Forwarded-For: 203.0.113.7\r\n\r\n");
            assertThat(raw.answer())
                    .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(201));
        }

        HttpMessage seen = service.latest();
        assertThat(Stream.of("Authorization", "X-Nominated", "Keep-Alive", "Proxy-Authorization", "TE"))
                .allSatisfy(name -> assertThat(seen.header(name)).as(name).isEmpty());
        assertThat(seen.header("Host"))
                .hasValue("127.0.0.1:" + service.address().getPort());
        assertThat(seen.header("X-Forwarded-Host")).hasValue("public.example");
        assertThat(seen.header("X-Forwarded-Proto")).hasValue("http");
        assertThat(seen.headers("X-Forwarded-For"))
                .as("the peer's address alone, not what the client says of itself")
                .containsExactly("127.0.0.1");
    }

    @Test
    void traceparent_isForwardedAndCreatedWhenAbsent() {
        caller.send("GET", "/t/forwarding/echo/trace", "", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");
        assertThat(service.latest().header("traceparent"))
                .hasValueSatisfying(value -> assertThat(value).matches("00-" + TRACE + "-[0-9a-f]{16}-01"));

        caller.get("/t/forwarding/echo/trace");
        assertThat(service.latest().header("traceparent"))
                .hasValueSatisfying(value -> assertThat(value).matches("00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"));
    }

    @Test
    void traceId_ofAProblem_isTheCallers() {
        Reply reply = caller.send("GET", "/t/nobody/echo/x", "", "traceparent", "00-" + TRACE + "-00f067aa0ba902b7-01");

        assertThat(reply.json().path("traceId").asText()).isEqualTo(TRACE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "OPTIONS"})
    void anyMethod_withoutAKeyWhereNoneIsRequired_isForwardedEachTime(String method) {
        long before = service.arrivals();

        Reply first = caller.send(method, "/t/forwarding/echo/any", "");
        Reply second = caller.send(method, "/t/forwarding/echo/any", "");

        assertThat(List.of(first.status(), second.status())).containsExactly(201, 201);
        assertThat(second.replayed()).isFalse();
        assertThat(service.arrivals()).isEqualTo(before + 2);
    }

    @Test
    void head_isForwardedAndAnsweredWithoutABody() {
        Reply reply = caller.send("HEAD", "/t/forwarding/echo/head", "");

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body()).isEmpty();
        assertThat(service.latest().method()).isEqualTo("HEAD");
    }

    @Test
    void answer_passesWithItsHeaders() {
        Reply reply = caller.get("/t/forwarding/echo/headers");

        assertThat(reply.header("X-Served-By")).hasValue("counting");
        assertThat(reply.header("Content-Type")).hasValue("application/json");
    }

    @Test
    void rateLimitFields_nameEveryLimitWithQuotaWindowRemainingAndReset() {
        Reply reply = caller.get("/t/modern/echo/limits");

        RateLimitFields policy = RateLimitFields.of(reply, "RateLimit-Policy");
        RateLimitFields level = RateLimitFields.of(reply, "RateLimit");
        assertThat(policy.members())
                .containsExactly(
                        Map.entry("requests", Map.of("q", 100L, "w", 3600L)),
                        Map.entry("daily", Map.of("q", 1000L, "w", 86_400L)));
        assertThat(level.members().keySet()).containsExactly("requests", "daily");
        assertThat(level.value("requests", "r")).isBetween(0L, 99L);
        assertThat(level.value("requests", "t")).isPositive();
        assertThat(level.value("daily", "r")).isBetween(0L, 999L);
        assertThat(reply.header("X-RateLimit-Limit")).isEmpty();
    }

    @Test
    void rateLimitFields_countDownByOneForEachCall() {
        long first = RateLimitFields.of(caller.get("/t/modern/echo/down"), "RateLimit")
                .value("daily", "r");
        long second = RateLimitFields.of(caller.get("/t/modern/echo/down"), "RateLimit")
                .value("daily", "r");

        assertThat(second).isEqualTo(first - 1);
    }

    @Test
    void replay_underALimit_carriesTheFieldsToo() {
        caller.keyed("/t/modern/echo/replay", "replayed-under-a-limit", "{}");
        Reply replay = caller.keyed("/t/modern/echo/replay", "replayed-under-a-limit", "{}");

        assertThat(replay.replayed()).isTrue();
        assertThat(RateLimitFields.of(replay, "RateLimit").members().keySet()).containsExactly("requests", "daily");
    }

    @Test
    void xRateLimitFields_whereThePolicyAsksForThem() {
        Reply reply = caller.get("/t/forwarding/echo/legacy");

        assertThat(reply.header("X-RateLimit-Limit")).hasValue("100");
        assertThat(Stream.of("X-RateLimit-Remaining", "X-RateLimit-Reset"))
                .allSatisfy(name -> assertThat(reply.header(name))
                        .as(name)
                        .hasValueSatisfying(
                                value -> assertThat(Long.parseLong(value)).isNotNegative()));
    }

    @Test
    void answerLargerThanRecorded_isNotReplayedAndNotExecutedAgain() {
        var large = stage.service(
                "large", Plan.always(new Behaviour.Answer(201)), "\"idempotency\":{\"maxRecordedBody\":10}");

        Reply first = caller.keyed("/t/modern/large/x", "large", "{}");
        Reply second = caller.keyed("/t/modern/large/x", "large", "{}");

        assertThat(first.status()).isEqualTo(201);
        assertThat(first.body()).hasSizeGreaterThan(10);
        assertThat(second.body()).isNotEqualTo(first.body());
        assertThat(large.arrivals()).isEqualTo(1);
    }
}
