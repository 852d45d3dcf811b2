package io.bulwark.persistence.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.circuit.CircuitPolicy;
import io.bulwark.grammar.Name;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import io.bulwark.ratelimit.Algorithm;
import io.bulwark.ratelimit.Durability;
import io.bulwark.ratelimit.LimitPolicy;
import io.bulwark.ratelimit.Mode;
import io.bulwark.tenant.IdempotencyPolicy;
import io.bulwark.tenant.OnGuardUnavailable;
import io.bulwark.tenant.TenantDirectory.Entry;
import io.bulwark.tenant.TenantDirectory.LastKnown;
import io.bulwark.tenant.TenantPolicy;
import io.bulwark.tenant.TenantStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PostgresTenantDirectoryTest {
    private final Database database = TestServer.migratedDatabase();
    private final HikariDataSource pool = database.pool("test", 4);
    private final PostgresTenantDirectory directory = new PostgresTenantDirectory(pool);

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void put_replacesAnOlderVersionAndIsIgnoredByANewerOne() throws Exception {
        put("acme", 2, TenantStatus.ACTIVE);
        put("acme", 1, TenantStatus.QUARANTINED);
        assertThat(all()).containsExactly(entry("acme", 2, TenantStatus.ACTIVE));
        put("acme", 3, TenantStatus.MAINTENANCE);
        assertThat(all()).containsExactly(entry("acme", 3, TenantStatus.MAINTENANCE));
    }

    @Test
    void remove_takesTheLineOut_unlessItIsNewer() throws Exception {
        put("acme", 2, TenantStatus.QUARANTINED);
        get(directory.remove(new Name("acme"), 1));
        assertThat(all()).hasSize(1);
        get(directory.remove(new Name("acme"), 2));
        assertThat(all()).isEmpty();
    }

    @Test
    void list_goesOnAfterTheLastName_inOrder() throws Exception {
        for (String name : List.of("b", "a.1", "c", "a-1", "a_1")) {
            put(name, 1, TenantStatus.ACTIVE);
        }
        assertThat(names(Optional.empty(), 3)).containsExactly("a-1", "a.1", "a_1");
        assertThat(names(Optional.of(new Name("a_1")), 3)).containsExactly("b", "c");
        assertThatThrownBy(() -> directory.list(Optional.empty(), 1_001)).hasMessageContaining("limit is 1001");
    }

    @Test
    void find_givesThePolicyThatWasPut_withItsVersion() throws Exception {
        TenantPolicy policy = policy(
                TenantStatus.QUARANTINED,
                new LimitPolicy(
                        new Name("daily"),
                        Algorithm.SLIDING_WINDOW,
                        1_000,
                        1_000,
                        Duration.ofMillis(1_500),
                        Durability.STRICT,
                        Mode.SHADOW));
        get(directory.put(new Name("acme"), 4, TenantPolicy.DEFAULT));
        get(directory.put(new Name("acme"), 5, policy));
        get(directory.put(new Name("acme"), 3, TenantPolicy.DEFAULT));

        assertThat(get(directory.find(new Name("acme")))).contains(new LastKnown(5, policy));
        assertThat(get(directory.find(new Name("acme2")))).isEmpty();
    }

    @Test
    void find_ofALineThatIsOlderThanTheColumn_givesNothing_untilTheGuardPutsItAgain() throws Exception {
        TestServer.execute(database, "INSERT INTO tenant (tenant, version, status) VALUES ('acme', 7, 'active')");

        assertThat(get(directory.find(new Name("acme")))).isEmpty();
        get(directory.put(new Name("acme"), 7, TenantPolicy.DEFAULT));
        assertThat(get(directory.find(new Name("acme")))).contains(new LastKnown(7, TenantPolicy.DEFAULT));
    }

    @Test
    void find_passesOverWhatANewerReleaseHasPut_andRefusesWhatIsNoPolicy() throws Exception {
        TestServer.execute(
                database,
                "INSERT INTO tenant VALUES ('newer', 1, 'active', '{\"colour\": \"blue\", \"limits\": []}'),"
                        + " ('broken', 1, 'active', '{\"limits\": 7}')");

        assertThat(get(directory.find(new Name("newer")))).contains(new LastKnown(1, TenantPolicy.DEFAULT));
        assertThatThrownBy(() -> get(directory.find(new Name("broken"))))
                .hasMessageContaining("holds a policy that cannot be read");
    }

    @Test
    void databaseThatIsAway_failsTheStage() {
        Database nowhere = new Database("jdbc:postgresql://127.0.0.1:1/none", "nobody", "none");
        try (var none = nowhere.pool("none", 1, Duration.ofMillis(250))) {
            assertThatThrownBy(() -> get(new PostgresTenantDirectory(none).list(Optional.empty(), 1)))
                    .hasMessageContaining("Connection is not available");
        }
    }

    private List<String> names(Optional<Name> after, int limit) throws Exception {
        return get(directory.list(after, limit)).stream()
                .map(entry -> entry.tenant().value())
                .toList();
    }

    private List<Entry> all() throws Exception {
        return get(directory.list(Optional.empty(), 100));
    }

    private void put(String name, long version, TenantStatus status) throws Exception {
        get(directory.put(new Name(name), version, policy(status)));
    }

    private static TenantPolicy policy(TenantStatus status, LimitPolicy... limits) {
        return new TenantPolicy(
                List.of(limits),
                Map.of("payments", Stream.of(limits).map(LimitPolicy::name).toList()),
                CircuitPolicy.DEFAULT,
                IdempotencyPolicy.DEFAULT,
                OnGuardUnavailable.REFUSE,
                status,
                true);
    }

    private static Entry entry(String name, long version, TenantStatus status) {
        return new Entry(new Name(name), version, status);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
}
