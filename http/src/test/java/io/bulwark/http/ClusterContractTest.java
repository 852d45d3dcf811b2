package io.bulwark.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.bulwark.cluster.MemberAddress;
import io.bulwark.http.ContractFixture.Answer;
import io.bulwark.http.server.Role;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of the contract about the cluster. */
class ClusterContractTest {
    private static final String CLUSTER = "/v1/cluster";
    private static final String LEAVE = "/v1/cluster/members/{address}/leave";

    private ContractFixture fixture;

    @BeforeEach
    void open(@TempDir Path directory) throws Exception {
        fixture = new ContractFixture(directory);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private Answer leave(String address, String... headers) {
        return fixture.call("POST", LEAVE, "/v1/cluster/members/" + address + "/leave", "", headers);
    }

    @Test
    void theCluster_isShownAsTheMemberSeesIt() throws Exception {
        Answer answer = fixture.call("GET", CLUSTER, CLUSTER, "");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json()).isEqualTo(new ObjectMapper().readTree("""
                {"name": "bulwark", "self": "127.0.0.1:25520", "leader": "127.0.0.1:25520",
                 "members": [
                   {"address": "127.0.0.1:25520", "status": "up", "reachable": true, "oldest": true,
                    "version": "0.1.0", "shards": 171, "guards": 12, "self": true},
                   {"address": "[::1]:25521", "status": "leaving", "reachable": false, "oldest": false,
                    "version": "0.1.0", "self": false}],
                 "coordinators": [{"name": "services", "member": "127.0.0.1:25520"}]}"""));
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1:25520,127.0.0.1:25520", "%5B::1%5D:25521,[::1]:25521"})
    void aMember_isToldToLeave(String sent, String address) {
        Answer answer = leave(sent);

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().at("/member").asText()).isEqualTo(address);
        assertThat(answer.json().at("/status").asText()).isEqualTo("leaving");
        assertThat(fixture.cluster.told).containsExactly(MemberAddress.parse(address));
    }

    @Test
    void aStranger_cannotBeToldToLeave() {
        Answer answer = leave("10.0.0.9:25520");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.problem()).isEqualTo("unknown-member");
        assertThat(fixture.cluster.told).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1:25520", "127.0.0.1:0", "akka:%2F%2Fbulwark@127.0.0.1:25520"})
    void whatIsNoAddress_isRefused(String sent) {
        Answer answer = leave(sent);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.problem()).isIn("invalid-request", "request-target-invalid");
        assertThat(fixture.cluster.told).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // tenant, role, status of showing, status of telling to leave
        "*, VIEWER, 200, 403",
        "*, OPERATOR, 200, 202",
        "*, CALLER, 403, 403",
        "acme, ADMIN, 403, 403"
    })
    void theCluster_isForWhoeverHasTheRoleForAllTenants(String tenant, Role role, int show, int leave) {
        String token = "Bearer " + fixture.token(tenant, role);

        assertThat(fixture.call("GET", CLUSTER, CLUSTER, "", "Authorization", token)
                        .status())
                .isEqualTo(show);
        assertThat(leave("127.0.0.1:25520", "Authorization", token).status()).isEqualTo(leave);
    }
}
