package io.bulwark.blackbox;

import static io.bulwark.blackbox.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.service.Behaviour;
import io.bulwark.load.service.ExecutionCountingService;
import io.bulwark.load.service.Plan;
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

/** What bad input gets that is well-formed HTTP: a problem that names the mistake, and nothing done. */
@ExtendWith(SharedStage.class)
class BadInputTest {
    private static final String CHARGES = "/t/bad-input/bad-input-service/charges";
    private static final int BODY_MAX = 1024 * 1024;

    private static BulwarkClient admin;
    private static BulwarkClient caller;
    private static ExecutionCountingService service;

    @BeforeAll
    static void prepare(Stage stage) {
        admin = stage.admin();
        stage.tenant("bad-input", "{\"circuit\":" + Stage.CALM_CIRCUIT + "}");
        service = stage.service("bad-input-service", Plan.always(new Behaviour.Answer(201)), "");
        caller = stage.caller("bad-input");
    }

    @AfterAll
    static void tidy() {
        service.close();
    }

    static Stream<Arguments> policies() {
        return Stream.of(
                row("cut off", "{\"limits\":", "malformed-json", ""),
                row("two values", "{} {}", "malformed-json", ""),
                row("not JSON", "limits: none", "malformed-json", ""),
                row("a comment", "{/* all */}", "malformed-json", ""),
                row(
                        "the same member twice",
                        "{\"status\":\"active\",\"status\":\"active\"}",
                        "malformed-json",
                        "status"),
                row("an array", "[]", "invalid-request", "expected"),
                row("null", "null", "invalid-request", "null"),
                row("unknown member", "{\"limts\":[]}", "invalid-request", "limts"),
                row("unknown member inside", "{\"circuit\":{\"trap\":1}}", "invalid-request", "circuit.trap"),
                row("a word for a list", "{\"limits\":\"many\"}", "invalid-request", "limits"),
                row("a string for a number", limit("\"capacity\":\"100\""), "invalid-request", "capacity"),
                row("a fraction for an integer", limit("\"capacity\":1.5"), "invalid-request", "capacity"),
                row("a number for a duration", limit("\"capacity\":1,\"per\":5"), "invalid-request", "per"),
                row("not a duration", limit("\"capacity\":1,\"per\":\"soon\""), "invalid-request", "per"),
                row("zero capacity", limit("\"capacity\":0"), "invalid-request", "capacity is 0"),
                row("negative capacity", limit("\"capacity\":-1"), "invalid-request", "capacity is -1"),
                row("capacity beyond range", limit("\"capacity\":1000000000001"), "invalid-request", "1000000000001"),
                row(
                        "capacity beyond 64 bits",
                        limit("\"capacity\":99999999999999999999"),
                        "invalid-request",
                        "capacity"),
                row("capacity missing", limit("\"refill\":1"), "invalid-request", "capacity"),
                row("window of no length", limit("\"capacity\":1,\"per\":\"PT0S\""), "invalid-request", "per is PT0S"),
                row("unknown algorithm", limit("\"capacity\":1,\"algorithm\":\"magic\""), "invalid-request", "magic"),
                row("unknown status", "{\"status\":\"asleep\"}", "invalid-request", "asleep"),
                row("share above one", "{\"circuit\":{\"trip\":{\"failureRate\":1.5}}}", "invalid-request", "1.5"),
                row("lease too short", "{\"idempotency\":{\"lease\":\"PT0.1S\"}}", "invalid-request", "lease"),
                row(
                        "two limits of one name",
                        "{\"limits\":[" + one("a") + "," + one("a") + "]}",
                        "invalid-request",
                        "'a'"),
                row("a limit's name", "{\"limits\":[" + one("A b") + "]}", "invalid-request", "A b"),
                row("33 limits", manyLimits(33), "invalid-request", "33"),
                row("a limit that is not there", "{\"appliesTo\":{\"*\":[\"ghost\"]}}", "invalid-request", "ghost"));
    }

    @ParameterizedTest(name = "{0} gets 400 {2}")
    @MethodSource("policies")
    void policy_thatIsNotValid_isRefusedAndNamed(String what, String json, String problem, String inDetail) {
        assertProblem(admin.put("/v1/tenants/never-put", json), 400, problem, inDetail);
        assertProblem(admin.get("/v1/tenants/never-put"), 404, "unknown-tenant");
    }

    static Stream<Arguments> services() {
        return Stream.of(
                row("no targets", "{}", "invalid-request", "targets"),
                row("an empty list of targets", "{\"targets\":[]}", "invalid-request", "targets"),
                row("another scheme", "{\"targets\":[\"ftp://127.0.0.1\"]}", "invalid-request", "ftp://127.0.0.1"),
                row("not an address", "{\"targets\":[\"a b\"]}", "invalid-request", "a b"),
                row("timeout beyond range", target("\"timeout\":\"P1D\""), "invalid-request", "timeout"),
                row("no calls in flight", target("\"maxInFlight\":0"), "invalid-request", "maxInFlight is 0"),
                row("a method", target("\"idempotency\":{\"require\":[\"post\"]}"), "invalid-request", "post"));
    }

    @ParameterizedTest(name = "{0} gets 400 {2}")
    @MethodSource("services")
    void registration_thatIsNotValid_isRefusedAndNamed(String what, String json, String problem, String inDetail) {
        assertProblem(admin.put("/v1/services/never-put", json), 400, problem, inDetail);
        assertProblem(admin.get("/v1/services/never-put"), 404, "unknown-service");
    }

    static Stream<Arguments> names() {
        return Stream.of(
                Arguments.of("capitals", "Acme"),
                Arguments.of("a hyphen in front", "-acme"),
                Arguments.of("64 characters", "a".repeat(64)),
                Arguments.of("a blank", "ac%20me"),
                Arguments.of("not ASCII", "%C3%A4cme"),
                Arguments.of("a slash", "ac%2Fme"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("names")
    void name_outsideTheGrammar_isRefused(String what, String name) {
        assertThat(admin.put("/v1/tenants/" + name, "{}").status()).isEqualTo(400);
        assertThat(admin.put("/v1/services/" + name, "{\"targets\":[\"http://127.0.0.1:1\"]}")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void name_of63Characters_isTaken() {
        assertThat(admin.put("/v1/tenants/" + "a".repeat(63), "{}").status()).isEqualTo(201);
    }

    static Stream<Arguments> keys() {
        return Stream.of(
                Arguments.of("256 characters", "\"" + "k".repeat(256) + "\""),
                Arguments.of("256 characters, bare", "k".repeat(256)),
                Arguments.of("an empty string", "\"\""),
                Arguments.of("a blank inside", "\"a b\""),
                Arguments.of("a string that does not end", "\"abc"),
                Arguments.of("something after the string", "\"abc\"def"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("keys")
    void key_outsideTheGrammar_isRefusedAndNothingIsSent(String what, String key) {
        long before = service.arrivals();

        Reply reply = caller.post(CHARGES, "{}", "Idempotency-Key", key);

        assertProblem(reply, 400, "idempotency-key-malformed");
        assertThat(service.arrivals()).isEqualTo(before);
    }

    @Test
    void key_of255Characters_isTaken() {
        Reply first = caller.keyed(CHARGES, "k".repeat(255), "{}");
        Reply second = caller.keyed(CHARGES, "k".repeat(255), "{}");

        assertThat(first.status()).isEqualTo(201);
        assertThat(second.replayed()).isTrue();
    }

    @Test
    void body_atTheLimit_isForwardedWhole() {
        String body = "x".repeat(BODY_MAX);

        Reply reply = caller.keyed(CHARGES, "at-the-limit", body);

        assertThat(reply.status()).isEqualTo(201);
        assertThat(service.latest().body()).hasSize(BODY_MAX);
    }

    @Test
    void body_oneByteOverTheLimit_gets413AndNothingIsSent() {
        long before = service.arrivals();

        Reply reply = caller.keyed(CHARGES, "over-the-limit", "x".repeat(BODY_MAX + 1));

        assertProblem(reply, 413, "body-too-large");
        assertThat(service.arrivals()).isEqualTo(before);
        assertProblem(caller.get("/v1/tenants/bad-input/operations/over-the-limit"), 404, "unknown-operation");
    }

    @Test
    void path_thatIsNoRoute_gets404() {
        assertThat(admin.get("/v2/tenants").status()).isEqualTo(404);
        assertThat(admin.get("/").status()).isEqualTo(404);
    }

    @Test
    void method_thatTheRouteDoesNotHave_gets405AndTheOnesItHas() {
        Reply reply = admin.send("PATCH", "/v1/tenants/bad-input", "{}");

        assertThat(reply.status()).isEqualTo(405);
        assertThat(reply.header("Allow"))
                .hasValueSatisfying(allow -> assertThat(allow).contains("GET", "PUT", "DELETE"));
    }

    @Test
    void batch_of1001Items_isRefused() {
        String items = IntStream.range(0, 1_001)
                .mapToObj(i -> "{\"limit\":\"requests\",\"cost\":1}")
                .collect(Collectors.joining(","));

        assertProblem(
                caller.post("/v1/tenants/bad-input/limits/acquire", "{\"items\":[" + items + "]}"),
                400,
                "invalid-request",
                "1001");
    }

    private static Arguments row(String what, String json, String problem, String inDetail) {
        return Arguments.of(what, json, problem, inDetail);
    }

    private static String limit(String members) {
        return "{\"limits\":[{\"name\":\"a\"," + members + "}]}";
    }

    private static String one(String name) {
        return "{\"name\":\"" + name + "\",\"capacity\":1}";
    }

    private static String manyLimits(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> one("l" + i))
                .collect(Collectors.joining(",", "{\"limits\":[", "]}"));
    }

    private static String target(String members) {
        return "{\"targets\":[\"http://127.0.0.1:1\"]," + members + "}";
    }
}
