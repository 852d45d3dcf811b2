package io.bulwark.persistence.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemberRosterTest {
    private final Database database = TestServer.migratedDatabase();
    private final HikariDataSource pool = database.pool("test", 16);
    private final DataSource sessions = database.connections("presence", Duration.ofSeconds(5), Duration.ofSeconds(10));
    private final MemberRoster roster = new MemberRoster(pool);

    @BeforeEach
    void serverIsOldEnoughThatNobodyIsOnTheWayBack() {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .until(() -> number("SELECT (clock_timestamp() - pg_postmaster_start_time() > interval '"
                                + MemberRoster.RETURN_SECONDS + " seconds')::int")
                        == 1);
    }

    @AfterEach
    void close() {
        pool.close();
    }

    private static RecordedMember node(int number) {
        return new RecordedMember("bulwark", "127.0.0.1:" + (25_520 + number), "127.0.0.1:" + (8_558 + number));
    }

    @Test
    void found_nobodyElseHasFounded_isGrantedOnce() throws SQLException {
        try (var first = Presence.announce(sessions, node(1), 1);
                var second = Presence.announce(sessions, node(2), -2)) {
            assertThat(roster.running()).containsExactlyInAnyOrder(node(1), node(2));
            assertThat(roster.found(first.self())).isTrue();
            assertThat(roster.found(second.self())).isFalse();
            assertThat(roster.found(first.self())).as("asked again").isTrue();
        }
        assertThat(roster.running()).isEmpty();
    }

    @Test
    void found_founderHasLeft_isGrantedToTheNext() throws SQLException {
        try (var second = Presence.announce(sessions, node(2), 2)) {
            try (var first = Presence.announce(sessions, node(1), 1)) {
                assertThat(roster.found(first.self())).isTrue();
            }
            assertThat(roster.found(second.self())).isTrue();
        }
    }

    @Test
    void found_anotherHasJoined_isRefusedThoughTheFounderIsGone() throws SQLException {
        try (var second = Presence.announce(sessions, node(2), 2);
                var third = Presence.announce(sessions, node(3), 3)) {
            roster.joined(second.self());
            assertThat(roster.found(third.self())).isFalse();
        }
    }

    @Test
    void running_sessionEnded_isBelievedNoLonger_andComesBackByItself() throws Exception {
        try (var first = Presence.announce(sessions, node(1), 1)) {
            assertThat(roster.found(first.self())).isTrue();
            execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1");
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .until(() -> roster.running().equals(java.util.List.of(node(1))));
            try (var second = Presence.announce(sessions, node(2), 2)) {
                assertThat(roster.found(second.self()))
                        .as("the first is a founder still")
                        .isFalse();
            }
        }
    }

    @Test
    void signs_areOfMembersOnly_andSayHowManyTheyLastSaw() throws SQLException {
        try (var first = Presence.announce(sessions, node(1), 1);
                var second = Presence.announce(sessions, node(2), 2)) {
            assertThat(roster.found(first.self())).isTrue();
            first.sees(3);
            second.sees(2);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(roster.signs())
                            .singleElement()
                            .matches(sign -> sign.member().equals(node(1)) && sign.membersSeen() == 3));
        }
    }

    @Test
    void running_lineOfADeadNode_isNotBelieved() throws SQLException {
        execute("INSERT INTO cluster_member VALUES ('dead:1', 'bulwark', 'dead:2', 77, true, 1)");
        try (var first = Presence.announce(sessions, node(1), 1)) {
            assertThat(roster.running()).containsExactly(node(1));
            assertThat(roster.found(first.self())).isTrue();
        }
    }

    @Test
    void runningIfKnown_schemaWithoutTheTable_isNobody() throws SQLException {
        execute("DROP TABLE cluster_member");
        assertThat(roster.runningIfKnown()).isEmpty();
    }

    @Test
    void announce_databaseAway_saysSo() {
        Database nowhere = new Database("jdbc:postgresql://127.0.0.1:1/none", "nobody", "none");
        DataSource none = nowhere.connections("presence", Duration.ofSeconds(1), Duration.ofSeconds(1));
        assertThatThrownBy(() -> Presence.announce(none, node(1), 1)).isInstanceOf(SQLException.class);
    }

    @ParameterizedTest(name = "seed {0}")
    @ValueSource(longs = {1, 2, 3})
    void found_manyAtTheSameMoment_exactlyOneFounds(long seed) throws Exception {
        SplittableRandom random = new SplittableRandom(seed);
        var presences = new java.util.ArrayList<Presence>();
        for (int i = 0; i < 8; i++) {
            presences.add(Presence.announce(sessions, node(i), random.nextLong()));
        }
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var asked = threads.invokeAll(IntStream.range(0, 8)
                    .<Callable<Boolean>>mapToObj(
                            i -> () -> roster.found(presences.get(i).self()))
                    .toList());
            assertThat(asked).filteredOn(java.util.concurrent.Future::resultNow).hasSize(1);
        } finally {
            presences.forEach(Presence::close);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                var row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
