package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.grammar.Name;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.http.health.Readiness;
import io.bulwark.http.server.Role;
import io.bulwark.tenant.TenantDirectory;
import io.bulwark.tenant.TenantStatus;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of the contract under "Control plane" that are served so far. */
class ControlContractTest {
    private static final String TENANT = "/v1/tenants/{tenant}";
    private static final String SERVICE = "/v1/services/{service}";
    private static final String TARGETS = "{\"targets\":[\"http://127.0.0.1:9001\"]}";

    private ContractFixture fixture;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Answer tenant(String method, String body, String... headers) {
        return fixture.call(method, TENANT, "/v1/tenants/acme", body, headers);
    }

    private Answer service(String method, String name, String body, String... headers) {
        return fixture.call(method, SERVICE, "/v1/services/" + name, body, headers);
    }

    @Test
    void aTenant_isCreatedWithDefaults_shownWithItsVersion_changedAndTakenOut() {
        Answer created = tenant("PUT", "{}");
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.header("ETag")).contains("\"1\"");
        assertThat(created.json().at("/idempotency/lease").asText()).isEqualTo("PT30S");

        Answer shown = tenant("GET", "");
        assertThat(shown.body()).isEqualTo(created.body());
        assertThat(shown.header("ETag")).contains("\"1\"");

        Answer changed = tenant("PUT", "{\"limits\":[{\"name\":\"requests\",\"capacity\":100}]}");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.header("ETag")).contains("\"2\"");
        assertThat(tenant("GET", "").json().at("/limits/0/name").asText()).isEqualTo("requests");

        assertThat(tenant("DELETE", "").status()).isEqualTo(204);
        assertThat(tenant("GET", "").problem()).isEqualTo("unknown-tenant");
        assertThat(tenant("DELETE", "").problem()).isEqualTo("unknown-tenant");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // method, header, value, status; the stored version is 1
                "PUT    | If-Match      | \"1\"       | 200",
                "PUT    | If-Match      | *           | 200",
                "PUT    | If-Match      | \"2\"       | 412",
                "PUT    | If-Match      | W/\"1\"     | 412",
                "PUT    | If-Match      | \"01\"      | 412",
                "PUT    | If-Match      | \"other\"   | 412",
                "PUT    | If-Match      | 1           | 400",
                "PUT    | If-Match      | \"1         | 400",
                "PUT    | If-Match      | \"1\",\"2\" | 400",
                "PUT    | If-Match      | w/\"1\"     | 400",
                "PUT    | If-None-Match | *           | 412",
                "PUT    | If-None-Match | \"1\"       | 400",
                "DELETE | If-Match      | \"2\"       | 412",
                "DELETE | If-Match      | \"1\"       | 204",
                "DELETE | If-None-Match | *           | 412",
                "GET    | If-None-Match | \"1\"       | 304",
                "GET    | If-None-Match | W/\"1\"     | 304",
                "GET    | If-None-Match | \"0\", \"1\" | 304",
                "GET    | If-None-Match | *           | 304",
                "GET    | If-None-Match | \"2\"       | 200",
                "GET    | If-None-Match | 1           | 400",
            })
    void preconditions_onAStoredTenantAndService(String method, String header, String value, int status) {
        tenant("PUT", "{}");
        service("PUT", "payments", TARGETS);

        Answer onTenant = tenant(method.strip(), method.startsWith("PUT") ? "{}" : "", header.strip(), value);
        Answer onService =
                service(method.strip(), "payments", method.startsWith("PUT") ? TARGETS : "", header.strip(), value);

        assertThat(onTenant.status()).isEqualTo(status);
        assertThat(onService.status()).isEqualTo(status);
        assertThat(status != 412 || onTenant.problem().equals("precondition-failed"))
                .isTrue();
        assertThat(status != 400 || onTenant.problem().equals("precondition-malformed"))
                .isTrue();
    }

    @Test
    void ifNoneMatchStar_createsOnce_andIfMatchNeedsSomethingToBeThere() {
        assertThat(tenant("PUT", "{}", "If-Match", "*").status()).isEqualTo(412);
        assertThat(tenant("PUT", "{}", "If-None-Match", "*").status()).isEqualTo(201);
        assertThat(tenant("PUT", "{}", "If-None-Match", "*").status()).isEqualTo(412);
        assertThat(tenant("PUT", "{}", "If-None-Match", "*", "If-Match", "*").problem())
                .isEqualTo("precondition-malformed");
    }

    @Test
    void aPolicyOutsideTheContract_isRefused_andNothingIsChanged() {
        Answer answer = tenant("PUT", "{\"limits\":[{\"name\":\"a\",\"capacity\":0}]}");

        assertThat(answer.problem()).isEqualTo("invalid-request");
        assertThat(answer.json().get("detail").asText()).contains("limits.a.capacity is 0: expected 1 to");
        assertThat(tenant("GET", "").status()).isEqualTo(404);
        assertThat(fixture.call("PUT", TENANT, "/v1/tenants/Acme", "{}").problem())
                .isEqualTo("invalid-name");
        assertThat(fixture.call("PUT", TENANT, "/v1/tenants/silent", "{}").problem())
                .isEqualTo("guard-unavailable");
    }

    @Test
    void tenants_areListedByName_inPages() {
        for (String name : List.of("c", "a", "b")) {
            fixture.tenants.add(new TenantDirectory.Entry(new Name(name), 7, TenantStatus.ACTIVE));
        }

        Answer first = fixture.call("GET", "/v1/tenants", "/v1/tenants?limit=2", "");
        Answer second = fixture.call("GET", "/v1/tenants", "/v1/tenants?limit=2&after=b", "");

        assertThat(first.body())
                .isEqualTo("{\"items\":[{\"tenant\":\"a\",\"version\":7,\"status\":\"active\"},"
                        + "{\"tenant\":\"b\",\"version\":7,\"status\":\"active\"}],\"next\":\"b\"}");
        assertThat(second.json().get("items").findValuesAsText("tenant")).containsExactly("c");
        assertThat(second.json().has("next")).isFalse();
        fixture.tenants.away = true;
        assertThat(fixture.call("GET", "/v1/tenants", "/v1/tenants", "").problem())
                .isEqualTo("directory-unavailable");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "limit=0         | 'limit' is '0'",
                "limit=1001      | 'limit' is '1001'",
                "limit=x         | 'limit' is 'x'",
                "limit=          | 'limit' is ''",
                "limit=1&limit=2 | given twice",
                "after=A         | is not a name",
                "page=2          | 'page' is not known here: expected after, limit",
                "after=%25zz     | '%zz' is not a name",
            })
    void aQueryOutsideTheContract_isRefused(String query, String detail) {
        for (String list : List.of("/v1/tenants", "/v1/services")) {
            Answer answer = fixture.call("GET", list, list + "?" + query, "");
            assertThat(answer.problem()).isEqualTo("invalid-request");
            assertThat(answer.json().get("detail").asText()).contains(detail);
        }
    }

    @Test
    void aService_isCreated_shown_changed_listed_andTakenOut() {
        assertThat(service("GET", "payments", "").problem()).isEqualTo("unknown-service");
        Answer created = service("PUT", "payments", TARGETS);
        assertThat(created.status()).isEqualTo(201);
        assertThat(created.json().get("timeout").asText()).isEqualTo("PT10S");
        assertThat(service("GET", "payments", "").body()).isEqualTo(created.body());
        assertThat(service("PUT", "payments", TARGETS).status()).isEqualTo(200);
        service("PUT", "billing", TARGETS);

        Answer list = fixture.call("GET", "/v1/services", "/v1/services?limit=1", "");
        assertThat(list.json().at("/items/0/name").asText()).isEqualTo("billing");
        assertThat(list.json().at("/items/0/policy/targets/0").asText()).isEqualTo("http://127.0.0.1:9001");
        assertThat(list.json().get("next").asText()).isEqualTo("billing");
        assertThat(fixture.call("GET", "/v1/services", "/v1/services?after=billing", "")
                        .json()
                        .get("items"))
                .hasSize(1);

        assertThat(service("DELETE", "payments", "").status()).isEqualTo(204);
        assertThat(service("DELETE", "payments", "").problem()).isEqualTo("unknown-service");
    }

    @Test
    void theRegistrysBound_is409_andItsAbsence503() {
        for (String name : List.of("a", "b", "c")) {
            service("PUT", name, TARGETS);
        }
        assertThat(service("PUT", "d", TARGETS).problem()).isEqualTo("services-full");
        fixture.services.away = true;
        assertThat(service("PUT", "a", TARGETS).problem()).isEqualTo("registry-unavailable");
        assertThat(service("DELETE", "a", "").problem()).isEqualTo("registry-unavailable");
        assertThat(service("GET", "a", "").status()).isEqualTo(200);
    }

    @Test
    void servicesAreRead_byAnyViewer_andChangedByOperatorsOfAllTenantsOnly() {
        service("PUT", "payments", TARGETS);
        String viewer = "Bearer " + fixture.token("acme", Role.VIEWER);
        String operator = "Bearer " + fixture.token("acme", Role.OPERATOR);

        assertThat(service("GET", "payments", "", "Authorization", viewer).status())
                .isEqualTo(200);
        assertThat(service("PUT", "payments", TARGETS, "Authorization", operator)
                        .problem())
                .isEqualTo("forbidden");
        assertThat(service("PUT", "payments", TARGETS, "Authorization", "Bearer " + fixture.token("*", Role.OPERATOR))
                        .status())
                .isEqualTo(200);
        assertThat(fixture.call("GET", "/v1/tenants", "/v1/tenants", "", "Authorization", viewer)
                        .problem())
                .isEqualTo("forbidden");
        assertThat(tenant("PUT", "{}", "Authorization", operator).status()).isEqualTo(201);
        assertThat(fixture.call("PUT", TENANT, "/v1/tenants/other", "{}", "Authorization", operator)
                        .problem())
                .isEqualTo("forbidden");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}                                                  | 'targets' is missing",
                "{\"targets\":[]}                                    | targets (how many) is 0",
                "{\"targets\":[\"ftp://h\"]}                         | targets names 'ftp://h'",
                "{\"targets\":[\"not an address\"]}                  | 'targets[0]'",
                "{\"targets\":[\"http://h\"],\"maxInFlight\":0}      | maxInFlight is 0",
                "{\"targets\":[\"http://h\"],\"balance\":\"random\"} | 'balance' is \"random\"",
            })
    void aServiceOutsideTheContract_isRefused(String body, String detail) {
        Answer answer = service("PUT", "payments", body);

        assertThat(answer.problem()).isEqualTo("invalid-request");
        assertThat(answer.json().get("detail").asText()).contains(detail);
    }

    @Test
    void health_isOpen_andReadinessSaysWhatFails() {
        assertThat(fixture.call("GET", "/livez", "/livez", "", "Authorization", "none")
                        .body())
                .isEqualTo("{\"status\":\"live\"}");
        assertThat(fixture.call("GET", "/readyz", "/readyz", "", "Authorization", "none")
                        .status())
                .isEqualTo(200);
        fixture.checks = List.of(
                new Readiness.Check("database", false, "It does not answer."),
                new Readiness.Check("schema", true, "It is current."));

        Answer answer = fixture.call("GET", "/readyz", "/readyz", "");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.problem()).isEqualTo("not-ready");
        assertThat(answer.json().get("detail").asText()).contains("database (It does not answer.)");
        assertThat(answer.json().get("checks")).hasSize(2);
        assertThat(fixture.call("GET", "/livez", "/livez", "").status()).isEqualTo(200);
    }

    @Test
    void theContract_isOpen() {
        assertThat(fixture.call("GET", "/openapi.json", "/openapi.json", "", "Authorization", "none")
                        .json()
                        .get("openapi")
                        .asText())
                .isEqualTo("3.1.0");
    }
}
