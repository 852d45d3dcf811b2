package io.bulwark.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.wire.Json;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TenantPolicyTest {
    /** The policy that the HTTP contract shows, with every member written out. */
    private static final String CONTRACT = """
            {
              "limits": [
                {"name": "requests", "algorithm": "token-bucket", "capacity": 100, "refill": 50, "per": "PT1S"},
                {"name": "daily", "algorithm": "sliding-window", "capacity": 100000, "per": "P1D", "durability": "strict"}
              ],
              "appliesTo": {"*": ["requests", "daily"], "search": ["daily"], "health": []},
              "circuit": {"trip": {"failureRate": 0.5, "slowRate": 0.8, "slowerThan": "PT2S", "consecutiveFailures": 10,
                                    "minimumCalls": 20, "window": "PT10S"},
                          "openFor": "PT5S", "openForMax": "PT60S", "probes": 3, "probeLease": "PT10S"},
              "idempotency": {"retention": "P1D", "lease": "PT30S", "waitInFlight": "PT2S"},
              "onGuardUnavailable": "admit",
              "status": "active"
            }""";

    @Test
    void policy_empty_hasTheDefaultOfEveryMember() {
        TenantPolicy policy = Json.read("{}", TenantPolicy.class);
        assertThat(policy).isEqualTo(TenantPolicy.DEFAULT);
        assertThat(policy.limits()).isEmpty();
        assertThat(policy.limitsFor(new Name("payments"))).isEmpty();
        assertThat(policy.status()).isEqualTo(TenantStatus.ACTIVE);
        assertThat(policy.onGuardUnavailable()).isEqualTo(OnGuardUnavailable.ADMIT);
    }

    @Test
    void policy_withEmptyParts_hasTheDefaultOfEveryPart() {
        assertThat(Json.read("{'circuit':{'trip':{}},'idempotency':{}}", TenantPolicy.class))
                .isEqualTo(TenantPolicy.DEFAULT);
    }

    @Test
    void policyOfTheContract_isItsDefaultsWrittenOut() {
        TenantPolicy policy = Json.read(CONTRACT, TenantPolicy.class);
        assertThat(policy.circuit()).isEqualTo(CircuitPolicy.DEFAULT);
        assertThat(policy.idempotency()).isEqualTo(IdempotencyPolicy.DEFAULT);
        assertThat(Json.read(Json.write(policy), TenantPolicy.class)).isEqualTo(policy);
        assertThat(Json.throughCbor(policy, TenantPolicy.class)).isEqualTo(policy);
    }

    @Test
    void limitsFor_namedServiceOrEveryOther() {
        TenantPolicy policy = Json.read(CONTRACT, TenantPolicy.class);
        assertThat(names(policy.limitsFor(new Name("payments")))).containsExactly("requests", "daily");
        assertThat(names(policy.limitsFor(new Name("search")))).containsExactly("daily");
        assertThat(policy.limitsFor(new Name("health"))).isEmpty();
        assertThat(policy.limit(new Name("daily"))).isPresent();
        assertThat(policy.limit(new Name("weekly"))).isEmpty();
    }

    @Test
    void limitsFor_nothingNamed_isEveryLimitForEveryService() {
        TenantPolicy policy = Json.read("{'limits':[{'name':'a','capacity':1}]}", TenantPolicy.class);
        assertThat(names(policy.limitsFor(new Name("payments")))).containsExactly("a");
    }

    @Test
    void limitsFor_serviceThatIsNotNamedAndNoStar_isNone() {
        TenantPolicy policy =
                Json.read("{'limits':[{'name':'a','capacity':1}],'appliesTo':{'search':['a']}}", TenantPolicy.class);
        assertThat(policy.limitsFor(new Name("payments"))).isEmpty();
    }

    @Test
    void limits_asManyAsMayBe_areKeptAndOneMoreIsRefused() {
        assertThat(Json.read(limits(TenantPolicy.LIMITS_MAX), TenantPolicy.class)
                        .limits())
                .hasSize(TenantPolicy.LIMITS_MAX);
        int more = TenantPolicy.LIMITS_MAX + 1;
        assertThatThrownBy(() -> Json.read(limits(more), TenantPolicy.class))
                .hasMessage("limits (how many) is " + more + ": expected 0 to " + TenantPolicy.LIMITS_MAX);
    }

    private static String limits(int many) {
        return IntStream.range(0, many)
                .mapToObj(i -> "{'name':'l" + i + "','capacity':1}")
                .collect(Collectors.joining(",", "{'limits':[", "]}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'limits':[{'name':'a','capacity':1},{'name':'a','capacity':2}]} | limits names 'a' twice: expected a name of its own for each limit
            {'appliesTo':{'*':['b']}}                   | appliesTo.* names the limit 'b', which is not in limits
            {'appliesTo':{'Pay':[]}}                    | appliesTo names 'Pay': expected '*' or the name of a service
            {'idempotency':{'retention':'PT0.9S'}}      | idempotency.retention is PT0.9S: expected PT1S to PT8784H
            {'idempotency':{'retention':'P367D'}}       | idempotency.retention is PT8808H: expected PT1S to PT8784H
            {'idempotency':{'lease':'PT0S'}}            | idempotency.lease is PT0S: expected PT1S to PT1H
            {'idempotency':{'lease':'PT1H1S'}}          | idempotency.lease is PT1H1S: expected PT1S to PT1H
            {'idempotency':{'waitInFlight':'PT-1S'}}    | idempotency.waitInFlight is PT-1S: expected PT0S to PT1M
            {'idempotency':{'waitInFlight':'PT61S'}}    | idempotency.waitInFlight is PT1M1S: expected PT0S to PT1M
            {'circuit':{'openFor':'PT0.001S'}}          | circuit.openFor is PT0.001S: expected PT0.01S to PT24H
            {'circuit':{'openFor':'PT10S','openForMax':'PT9S'}} | circuit.openForMax is PT9S: expected PT10S to PT24H
            {'circuit':{'probes':0}}                    | circuit.probes is 0: expected 1 to 100
            {'circuit':{'probes':101}}                  | circuit.probes is 101: expected 1 to 100
            {'circuit':{'probeLease':'PT2H'}}           | circuit.probeLease is PT2H: expected PT0.01S to PT1H
            {'circuit':{'trip':{'failureRate':0}}}      | circuit.trip.failureRate is 0.0: expected above 0, and 1 at most
            {'circuit':{'trip':{'failureRate':1.01}}}   | circuit.trip.failureRate is 1.01: expected above 0, and 1 at most
            {'circuit':{'trip':{'failureRate':'NaN'}}}  | circuit.trip.failureRate is NaN: expected above 0, and 1 at most
            {'circuit':{'trip':{'slowRate':-0.1}}}      | circuit.trip.slowRate is -0.1: expected above 0, and 1 at most
            {'circuit':{'trip':{'slowerThan':'PT0S'}}}  | circuit.trip.slowerThan is PT0S: expected PT0.001S to PT1H
            {'circuit':{'trip':{'consecutiveFailures':0}}} | circuit.trip.consecutiveFailures is 0: expected 1 to 100000
            {'circuit':{'trip':{'minimumCalls':0}}}     | circuit.trip.minimumCalls is 0: expected 1 to 1000000
            {'circuit':{'trip':{'window':'PT0.099S'}}}  | circuit.trip.window is PT0.099S: expected PT0.1S to PT1H
            """)
    void policy_outOfRange_isRefusedByMemberValueAndRange(String json, String message) {
        assertThatThrownBy(() -> Json.read(json, TenantPolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {'limit':[]}                    | limit
            {'circuit':{'tripp':{}}}        | tripp
            {'status':'paused'}             | paused
            {'onGuardUnavailable':'fail'}   | fail
            {'limits':{}}                   | ArrayList
            {'circuit':{'openFor':'soon'}}  | soon
            """)
    void policy_withUnknownParts_isRefusedByName(String json, String named) {
        assertThatThrownBy(() -> Json.read(json, TenantPolicy.class))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(named);
    }

    @Test
    void openForMax_notGiven_isAtLeastOpenFor() {
        TenantPolicy policy = Json.read("{'circuit':{'openFor':'PT2M'}}", TenantPolicy.class);
        assertThat(policy.circuit().openForMax()).isEqualTo(Duration.ofMinutes(2));
    }

    private static List<String> names(List<LimitPolicy> limits) {
        return limits.stream().map(limit -> limit.name().value()).toList();
    }
}
