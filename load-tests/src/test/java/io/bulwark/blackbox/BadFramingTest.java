package io.bulwark.blackbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
import io.bulwark.load.wire.HttpMessage;
import io.bulwark.load.wire.RawConnection;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What bytes get that are no good HTTP (RFC 9112): one answer, the connection closed, nothing of it sent on, and never
 * a second request read out of the first one's body.
 */
@ExtendWith(SharedStage.class)
class BadFramingTest {
    /** Longer than the node waits for a request that does not come to its end. */
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static final String CHARGES = "/t/framing/framing-service/charges";
    /** What a smuggler hides in a body. */
    private static final String SMUGGLED = "GET /t/framing/framing-service/smuggled HTTP/1.1\r\nHost: x\r\n\r\n";

    private static Stage stage;
    private static ExecutionCountingService service;
    private static String authorization;

    @BeforeAll
    static void prepare(Stage shared) {
        stage = shared;
        stage.tenant("framing", "{\"circuit\":" + Stage.CALM_CIRCUIT + "}");
        service = stage.service("framing-service", Plan.always(new Behaviour.Answer(201)), "");
        authorization = "Authorization: Bearer " + stage.node().token("framing", "caller") + "\r\n";
    }

    @AfterAll
    static void tidy() {
        service.close();
    }

    static Stream<Arguments> framings() {
        String chunked = "Transfer-Encoding: chunked\r\n";
        return Stream.of(
                Arguments.of("a length of more than 64 bits", lengths("18446744073709551620") + end("abcd")),
                Arguments.of("a length with a blank inside", lengths("4 4") + end("abcd")),
                Arguments.of("a length with a sign", lengths("+4") + end("abcd")),
                Arguments.of("a negative length", lengths("-4") + end("abcd")),
                Arguments.of("a hexadecimal length", lengths("0x4") + end("abcd")),
                Arguments.of("an empty length", lengths("") + end("abcd")),
                Arguments.of("two different lengths", lengths("4", "5") + end("abcde")),
                Arguments.of("two different lengths in one field", lengths("4, 5") + end("abcde")),
                Arguments.of("a length and chunks", lengths("4") + chunked + end("0\r\n\r\n")),
                Arguments.of("chunks and a length", chunked + lengths("4") + end("0\r\n\r\n")),
                Arguments.of("an encoding after chunked", "Transfer-Encoding: chunked, gzip\r\n" + end("0\r\n\r\n")),
                Arguments.of("chunked twice", "Transfer-Encoding: chunked, chunked\r\n" + end("0\r\n\r\n")),
                Arguments.of("an encoding nobody knows", "Transfer-Encoding: xchunked\r\n" + end("0\r\n\r\n")),
                Arguments.of("a chunk's size with a sign", chunked + end("+4\r\nabcd\r\n0\r\n\r\n")),
                Arguments.of("a chunk longer than it says", chunked + end("2\r\nabcd\r\n0\r\n\r\n")),
                Arguments.of("a blank before the colon", "X-Odd : 1\r\n" + lengths("0") + end("")),
                Arguments.of("a folded line", "X-Odd: 1\r\n and more\r\n" + lengths("0") + end("")),
                Arguments.of("a line feed alone", "X-Odd: 1\n" + lengths("0") + end("")),
                Arguments.of("a null in a value", "X-Odd: a\u0000b\r\n" + lengths("0") + end("")));
    }

    @ParameterizedTest(name = "{0} gets 400")
    @MethodSource("framings")
    void framing_thatCanBeReadInTwoWays_gets400AndNothingIsSentOn(String what, String rest) throws IOException {
        long before = service.arrivals();

        try (RawConnection raw = connect()) {
            sendAsFarAsItIsRead(raw, post("framing") + rest + SMUGGLED);

            assertThat(raw.answer()).hasValueSatisfying(answer -> assertProblem(answer, 400, "malformed-request"));
            assertThat(raw.answer())
                    .as("a second answer on the same connection")
                    .isEmpty();
        }
        assertThat(service.arrivals()).isEqualTo(before);
    }

    static Stream<Arguments> paths() {
        return Stream.of(
                Arguments.of("two dots", "/t/framing/framing-service/../../../v1/tenants"),
                Arguments.of("two dots at the end", "/t/framing/framing-service/.."),
                Arguments.of("two encoded dots", "/t/framing/framing-service/%2e%2e/secrets"),
                Arguments.of("one dot plain, one encoded", "/t/framing/framing-service/.%2E/secrets"),
                Arguments.of("one dot", "/t/framing/framing-service/./charges"),
                Arguments.of("an encoded backslash and dots", "/t/framing/framing-service/..%5c..%5csecrets"),
                Arguments.of("an absolute form", "http://other.example/t/framing/framing-service/charges"),
                Arguments.of("a fragment", "/t/framing/framing-service/charges#part"),
                Arguments.of("an encoding cut off", "/t/framing/framing-service/%4"));
    }

    @ParameterizedTest(name = "{0} gets 400")
    @MethodSource("paths")
    void path_thatLeadsElsewhere_gets400AndNothingIsSentOn(String what, String path) throws IOException {
        long before = service.arrivals();

        try (RawConnection raw = connect()) {
            raw.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n" + authorization + "Connection: close\r\n\r\n");

            assertThat(raw.answer())
                    .hasValueSatisfying(answer ->
                            assertThat(answer.status()).as("%s", answer).isEqualTo(400));
        }
        assertThat(service.arrivals()).isEqualTo(before);
    }

    /** Refused before it is read as a key: no header's value may have such characters. */
    @Test
    void key_notAscii_gets400() throws IOException {
        long before = service.arrivals();

        try (RawConnection raw = connect()) {
            raw.send("POST " + CHARGES + " HTTP/1.1\r\nHost: x\r\n" + authorization
                    + "Idempotency-Key: \"sch\u00fcssel\"\r\nContent-Length: 2\r\n\r\n{}");

            assertThat(raw.answer()).hasValueSatisfying(answer -> assertProblem(answer, 400, "malformed-request"));
        }
        assertThat(service.arrivals()).isEqualTo(before);
    }

    @Test
    void keys_two_get400() throws IOException {
        try (RawConnection raw = connect()) {
            raw.send(post("one") + "Idempotency-Key: \"two\"\r\nContent-Length: 2\r\n\r\n{}");

            assertThat(raw.answer())
                    .hasValueSatisfying(answer -> assertProblem(answer, 400, "idempotency-key-malformed"));
        }
    }

    @Test
    void headers_twentyThousand_get431() throws IOException {
        String many =
                IntStream.range(0, 20_000).mapToObj(i -> "X-" + i + ": 1\r\n").collect(Collectors.joining());

        try (RawConnection raw = connect()) {
            sendAsFarAsItIsRead(raw, post("many") + many + "Content-Length: 0\r\n\r\n");

            assertThat(raw.answer())
                    .hasValueSatisfying(answer -> assertProblem(answer, 431, "header-fields-too-large"));
        }
        assertThat(stage.admin().get("/livez").status()).isEqualTo(200);
    }

    @Test
    void body_inChunksOverTheLimit_gets413() throws IOException {
        long before = service.arrivals();
        String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";

        try (RawConnection raw = connect()) {
            sendAsFarAsItIsRead(
                    raw, post("chunks") + "Transfer-Encoding: chunked\r\n\r\n" + chunk.repeat(17) + "0\r\n\r\n");

            assertThat(raw.answer()).hasValueSatisfying(answer -> assertProblem(answer, 413, "body-too-large"));
        }
        assertThat(service.arrivals()).isEqualTo(before);
    }

    @Test
    void body_thatStopsHalfWay_isNotSentOnAndClaimsNothing() throws IOException {
        long before = service.arrivals();

        try (RawConnection raw = connect()) {
            raw.send(post("half") + "Content-Length: 100\r\n\r\nonly this");
            raw.endSending();

            Optional<HttpMessage> answer = raw.answer();
            assertThat(answer.map(HttpMessage::status).orElse(400)).isEqualTo(400);
        }
        assertThat(service.arrivals()).isEqualTo(before);
        assertThat(stage.admin().get("/v1/tenants/framing/operations/half").status())
                .isEqualTo(404);
    }

    @Test
    void body_thatDoesNotCome_gets408WithinADeadline() throws IOException {
        long before = service.arrivals();

        try (RawConnection raw = connect()) {
            raw.send(post("slow") + "Content-Length: 100\r\n\r\nx");

            assertThat(raw.answer())
                    .hasValueSatisfying(answer -> assertThat(answer.status()).isEqualTo(408));
        }
        assertThat(service.arrivals()).isEqualTo(before);
    }

    private static void assertProblem(HttpMessage answer, int status, String name) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(status);
        assertThat(answer.header("Content-Type"))
                .as("%s", answer)
                .hasValueSatisfying(type -> assertThat(type).startsWith("application/problem+json"));
        assertThat(answer.text()).contains("\"urn:bulwark:problem:" + name + "\"");
    }

    private static String post(String key) {
        return "POST " + CHARGES + " HTTP/1.1\r\nHost: x\r\n" + authorization + "Idempotency-Key: \"" + key + "\"\r\n";
    }

    private static String lengths(String... values) {
        return Stream.of(values)
                .map(value -> "Content-Length: " + value + "\r\n")
                .collect(Collectors.joining());
    }

    private static String end(String body) {
        return "\r\n" + body;
    }

    private static RawConnection connect() throws IOException {
        return RawConnection.to(stage.node().address(), PATIENCE);
    }

    /** The node may answer and close before it has read everything; its answer is what counts. */
    private static void sendAsFarAsItIsRead(RawConnection raw, String text) throws IOException {
        try {
            raw.send(text);
        } catch (SocketException closedByTheNode) {
            assertThat(closedByTheNode).hasMessageMatching("(?s).*(Broken pipe|reset).*");
        }
    }
}
