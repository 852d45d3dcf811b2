package io.bulwark.blackbox;

import static io.bulwark.blackbox.Problems.assertProblem;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens that are not, or not for this: 401 and 403, and neither says whether the thing exists. */
@ExtendWith(SharedStage.class)
class BadTokenTest {
    private static final String LIST = "/v1/tenants";

    private static Stage stage;
    /** A good admin token to forge from: its header, its claims, its signature. */
    private static List<String> good;

    @BeforeAll
    static void prepare(Stage shared) {
        stage = shared;
        stage.tenant("tokens", "{}");
        good = List.of(stage.node().adminToken().split("\\."));
    }

    static Stream<Arguments> forgeries() throws GeneralSecurityException, IOException {
        String header = good.get(0);
        String claims = good.get(1);
        NodeKey key = NodeKey.of(stage.node());
        String hs256 = NodeKey.encoded("{\"alg\":\"HS256\",\"typ\":\"JWT\"}") + "." + claims;
        return Stream.of(
                Arguments.of("not a token", "abc"),
                Arguments.of("three words of nothing", "a.b.c"),
                Arguments.of("no signature", header + "." + claims + "."),
                Arguments.of("algorithm none", NodeKey.encoded("{\"alg\":\"none\"}") + "." + claims + "."),
                Arguments.of("a signature of nothing", header + "." + claims + "." + NodeKey.encoded("x".repeat(64))),
                Arguments.of(
                        "a stranger's key under the same name",
                        NodeKey.stranger().sign(header, claims)),
                Arguments.of("HS256 with a guessed secret", NodeKey.authenticated(hs256, "secret".getBytes(UTF_8))),
                Arguments.of("HS256 with the public key", NodeKey.authenticated(hs256, key.rawPublicKey())),
                Arguments.of("HS256 with the public key as X.509", NodeKey.authenticated(hs256, key.publicKey())),
                Arguments.of(
                        "other claims under the signature", header + "." + key.promoted(claims) + "." + good.get(2)));
    }

    static Stream<Arguments> claims() {
        long now = System.currentTimeMillis() / 1_000;
        String who = "\"tenant\":\"*\",\"roles\":[\"admin\"]";
        String valid = ",\"nbf\":" + (now - 60) + ",\"exp\":" + (now + 3_600);
        String aud = ",\"aud\":\"bulwark\"";
        return Stream.of(
                Arguments.of("as it should be", who + aud + valid, 200),
                Arguments.of("expired", who + aud + ",\"nbf\":" + (now - 7_200) + ",\"exp\":" + (now - 3_600), 401),
                Arguments.of(
                        "not yet valid", who + aud + ",\"nbf\":" + (now + 3_600) + ",\"exp\":" + (now + 7_200), 401),
                Arguments.of("without an expiry", who + aud + ",\"nbf\":" + (now - 60), 401),
                Arguments.of("of another audience", who + ",\"aud\":\"elsewhere\"" + valid, 401),
                Arguments.of("without an audience", who + valid, 401),
                Arguments.of("without roles", "\"tenant\":\"*\"" + aud + valid, 403),
                Arguments.of("without a tenant", "\"roles\":[\"admin\"]" + aud + valid, 401),
                Arguments.of(
                        "of a tenant that is no name", "\"tenant\":\"A b\",\"roles\":[\"admin\"]" + aud + valid, 401));
    }

    @ParameterizedTest(name = "{0} gets {2}")
    @MethodSource("claims")
    void token_signedByTheNodesOwnKey_isStillJudgedByItsClaims(String what, String claims, int status)
            throws GeneralSecurityException, IOException {
        String token = NodeKey.of(stage.node()).sign(good.get(0), NodeKey.encoded("{" + claims + "}"));

        assertThat(stage.admin().with(token).get(LIST).status()).isEqualTo(status);
    }

    @ParameterizedTest(name = "{0} gets 401")
    @MethodSource("forgeries")
    void token_thatIsForged_gets401(String what, String token) {
        Reply reply = stage.admin().with(token).get(LIST);

        assertProblem(reply, 401, "unauthenticated");
        assertThat(reply.header("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
    }

    @Test
    void token_absent_gets401() {
        Reply reply = stage.admin().with("").get(LIST);

        assertProblem(reply, 401, "unauthenticated");
        assertThat(reply.header("WWW-Authenticate"))
                .hasValueSatisfying(challenge -> assertThat(challenge).startsWith("Bearer"));
    }

    @Test
    void token_inAnotherScheme_gets401() {
        Reply reply = stage.admin().with("").send("GET", LIST, "", "Authorization", "Basic YTpi");

        assertProblem(reply, 401, "unauthenticated");
    }

    @Test
    void token_ofAnotherTenant_gets403AndSaysNothingOfWhatExists() {
        BulwarkClient stranger = stage.admin().with(stage.node().token("elsewhere", "caller,viewer,operator"));

        Reply existing = stranger.get("/v1/tenants/tokens");
        Reply absent = stranger.get("/v1/tenants/absent");

        assertProblem(existing, 403, "forbidden");
        assertThat(withoutTrace(absent)).isEqualTo(withoutTrace(existing).replace("tokens", "absent"));
        assertProblem(stranger.keyed("/t/tokens/any/thing", "k", "{}"), 403, "forbidden");
        assertProblem(stranger.get("/v1/tenants/tokens/circuits"), 403, "forbidden");
    }

    static Stream<Arguments> roles() {
        return Stream.of(
                Arguments.of("caller", "GET", "/v1/tenants/tokens", ""),
                Arguments.of("caller", "PUT", "/v1/tenants/tokens", "{}"),
                Arguments.of("caller", "PUT", "/v1/tenants/tokens/circuits/any/mode", "{\"mode\":\"auto\"}"),
                Arguments.of("viewer", "PUT", "/v1/tenants/tokens", "{}"),
                Arguments.of("viewer", "DELETE", "/v1/tenants/tokens", ""),
                Arguments.of("viewer", "POST", "/t/tokens/any/thing", "{}"),
                Arguments.of("viewer", "POST", "/v1/tenants/tokens/limits/a/acquire", "{\"cost\":1}"),
                Arguments.of("operator", "POST", "/t/tokens/any/thing", "{}"),
                Arguments.of("operator", "PUT", "/v1/services/any", "{\"targets\":[\"http://127.0.0.1:1\"]}"));
    }

    @ParameterizedTest(name = "{0} gets 403 for {1} {2}")
    @MethodSource("roles")
    void role_thatIsNotEnough_gets403(String role, String method, String path, String body) {
        BulwarkClient client = stage.admin().with(stage.node().token("tokens", role));

        assertProblem(client.send(method, path, body), 403, "forbidden");
    }

    @Test
    void openPaths_needNoToken() {
        BulwarkClient nobody = stage.admin().with("");

        assertThat(Stream.of("/livez", "/readyz", "/openapi.json")
                        .map(path -> nobody.get(path).status()))
                .containsOnly(200);
    }

    private static String withoutTrace(Reply reply) {
        return reply.body().replaceAll("\"traceId\":\"[0-9a-f]+\"", "");
    }
}
