package io.bulwark.blackbox;

import static io.bulwark.blackbox.Problems.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.bulwark.load.client.BulwarkClient;
import io.bulwark.load.client.Reply;
import io.bulwark.load.node.BulwarkNode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of the control plane, as far as it is built: tenants, services, and what is open to all. */
@ExtendWith(SharedStage.class)
class ControlPlaneContractTest {
    private static Stage stage;
    private static BulwarkClient admin;

    @BeforeAll
    static void prepare(Stage shared) {
        stage = shared;
        admin = shared.admin();
    }

    static Stream<Arguments> resources() {
        return Stream.of(
                Arguments.of("tenants", "{\"status\":\"active\"}", "{\"status\":\"maintenance\"}", "unknown-tenant"),
                Arguments.of(
                        "services",
                        "{\"targets\":[\"http://127.0.0.1:1\"]}",
                        "{\"targets\":[\"http://127.0.0.1:2\"]}",
                        "unknown-service"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("resources")
    void putGetDelete_withETags(String kind, String json, String other, String absent) {
        String path = "/v1/" + kind + "/with-etags";

        Reply created = admin.put(path, json);
        Reply shown = admin.get(path);
        Reply replaced = admin.put(path, other, "If-Match", etag(shown));

        assertThat(created.status()).as("%s", created).isEqualTo(201);
        assertThat(etag(created)).isEqualTo(etag(shown));
        assertThat(replaced.status()).as("%s", replaced).isIn(200, 204);
        assertThat(etag(replaced)).isNotEqualTo(etag(shown));
        assertThat(admin.send("DELETE", path, "").status()).isEqualTo(204);
        assertProblem(admin.get(path), 404, absent);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("resources")
    void ifMatch_lostRace_412AndNothingChanges(String kind, String json, String other, String absent) {
        String path = "/v1/" + kind + "/lost-race";
        String first = etag(admin.put(path, json));
        admin.put(path, other, "If-Match", first);

        Reply lost = admin.put(path, json, "If-Match", first);

        assertProblem(lost, 412, "precondition-failed");
        assertThat(admin.get(path).json().toString()).contains(other.substring(1, other.length() - 1));
        assertProblem(admin.send("DELETE", path, "", "If-Match", first), 412, "precondition-failed");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("resources")
    void ifNoneMatchStar_createsOnce(String kind, String json, String other, String absent) {
        String path = "/v1/" + kind + "/created-once";

        assertThat(admin.put(path, json, "If-None-Match", "*").status()).isEqualTo(201);
        assertProblem(admin.put(path, json, "If-None-Match", "*"), 412, "precondition-failed");
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("resources")
    void list_inPages_showsAllInOrder(String kind, String json, String other, String absent) {
        List<String> names = IntStream.range(0, 5).mapToObj(i -> "zz-page-" + i).toList();
        names.forEach(name -> admin.put("/v1/" + kind + "/" + name, json));

        List<String> listed = new ArrayList<>();
        String after = "zz-page";
        while (!after.isEmpty()) {
            JsonNode page = admin.get("/v1/" + kind + "?limit=2&after=" + after).json();
            assertThat(page.path("items").size()).isBetween(0, 2);
            page.path("items").forEach(item -> listed.add(nameIn(item)));
            after = page.path("next").asText("");
        }

        assertThat(listed).isEqualTo(names);
    }

    @Test
    void tenant_createdWithNothing_hasEveryDefault() {
        admin.put("/v1/tenants/defaults", "{}");

        JsonNode policy = admin.get("/v1/tenants/defaults").json();

        assertThat(policy.path("status").asText()).isEqualTo("active");
        assertThat(policy.path("onGuardUnavailable").asText()).isEqualTo("admit");
        assertThat(policy.path("idempotency").path("lease").asText()).isEqualTo("PT30S");
        assertThat(policy.path("circuit")
                        .path("trip")
                        .path("consecutiveFailures")
                        .asInt())
                .isEqualTo(10);
    }

    @Test
    void service_registered_showsItsDefaults() {
        admin.put("/v1/services/shows-defaults", "{\"targets\":[\"http://127.0.0.1:1\"]}");

        JsonNode service = admin.get("/v1/services/shows-defaults").json();

        assertThat(service.path("balance").asText()).isEqualTo("round-robin");
        assertThat(service.path("timeout").asText()).isEqualTo("PT10S");
        assertThat(service.path("idempotency").path("record").asText()).isEqualTo("all-but-429-and-503");
    }

    @Test
    void livezReadyzAndOpenapi_areOpen() {
        BulwarkClient nobody = admin.with("");

        assertThat(nobody.get("/livez").status()).isEqualTo(200);
        assertThat(nobody.get("/readyz").status()).isEqualTo(200);
        Reply openapi = nobody.get("/openapi.json");
        assertThat(openapi.status()).isEqualTo(200);
        assertThat(openapi.json().path("openapi").asText()).startsWith("3.1");
        assertThat(openapi.json().path("paths").fieldNames())
                .toIterable()
                .contains("/livez", "/readyz", "/openapi.json")
                .anyMatch(path -> path.startsWith("/v1/tenants/{"))
                .anyMatch(path -> path.startsWith("/t/{"));
    }

    @Test
    void management_showsAliveReadyMembersAndMetrics() {
        URI management = stage.node().process().management(BulwarkNode.PATIENCE);
        try (BulwarkClient client = new BulwarkClient(() -> management, "")) {
            assertThat(Stream.of("/alive", "/ready", "/cluster/members", "/metrics"))
                    .allSatisfy(path ->
                            assertThat(client.get(path).status()).as(path).isEqualTo(200));
            assertThat(client.get("/metrics").body()).contains("bulwark_").doesNotContain("tenant=\"");
        }
    }

    /** What the line is called: {@code tenant} in the list of tenants, {@code name} in that of services. */
    private static String nameIn(JsonNode item) {
        return item.path("tenant").asText(item.path("name").asText());
    }

    private static String etag(Reply reply) {
        return reply.header("ETag").orElseThrow(() -> new AssertionError("No ETag in " + reply));
    }
}
