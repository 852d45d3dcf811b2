package io.bulwark.persistence.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which rows are left. That what is left is enough for a recovery is proved with real guards, in the module node. */
class JournalSweeperTest {
    private static final Database DATABASE = TestServer.migratedDatabase();
    /** Never by itself while a test runs. */
    private static final SweepSettings SETTINGS = new SweepSettings(Duration.ofDays(1), Duration.ofMinutes(10));

    /** A sequence number and an age. */
    private static final Pattern SNAPSHOT = Pattern.compile("(\\d+):(\\S+)");

    private final JournalSweeper sweeper = JournalSweeper.start(DATABASE, SETTINGS);

    @BeforeEach
    void startEmpty() {
        TestServer.execute(DATABASE, "TRUNCATE event_journal, event_tag, snapshot");
    }

    @AfterEach
    void stop() {
        sweeper.close();
    }

    private static void events(String id, int from, int to) {
        TestServer.execute(
                DATABASE,
                "INSERT INTO event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest,"
                        + " event_payload) SELECT '" + id + "', n, 'w', 1, '', '' FROM generate_series(" + from + ", "
                        + to + ") n");
    }

    private static void snapshot(String id, long sequenceNumber, Duration age) {
        TestServer.execute(
                DATABASE,
                "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot_ser_id,"
                        + " snapshot_ser_manifest, snapshot_payload) VALUES ('" + id + "', " + sequenceNumber
                        + ", extract(epoch FROM now()) * 1000 - " + age.toMillis() + ", 1, '', '')");
    }

    /** The sequence numbers that a table has, as {@code from-to} for a stretch without a gap. */
    private static String left(String table, String id) throws SQLException {
        try (Connection connection = TestServer.connect(DATABASE);
                PreparedStatement query =
                        connection.prepareStatement("SELECT string_agg(stretch, ' ' ORDER BY low) FROM"
                                + " (SELECT min(n) AS low, min(n) || '-' || max(n) AS stretch FROM (SELECT sequence_number AS n,"
                                + " sequence_number - row_number() OVER (ORDER BY sequence_number) AS island FROM "
                                + table
                                + " WHERE persistence_id = ?) numbered GROUP BY island) stretches")) {
            query.setString(1, id);
            try (ResultSet row = query.executeQuery()) {
                return row.next() && row.getString(1) != null ? row.getString(1) : "none";
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            no snapshot                          | 30 | none                 | 1-30  | none
            one, however old                     | 30 | 20:PT9H              | 1-30  | 20-20
            two, the older one old enough        | 50 | 20:PT1H 40:PT1M      | 21-50 | 20-20 40-40
            two, both old                        | 50 | 20:PT9H 40:PT8H      | 21-50 | 20-20 40-40
            two, none old enough                 | 50 | 20:PT9M 40:PT0S      | 1-50  | 20-20 40-40
            three, the middle one old enough     | 70 | 20:PT3H 40:PT1H 60:PT0S | 41-70 | 40-40 60-60
            three, only the oldest old enough    | 70 | 20:PT3H 40:PT9M 60:PT0S | 21-70 | 20-20 40-40 60-60
            next to each other                   | 9  | 7:PT3H 8:PT2H 9:PT1H | 9-9   | 8-9
            a newest event that they all cover   | 5  | 7:PT2H 8:PT1H        | 5-5   | 7-8
            """)
    void sweep_oneGuard_leavesWhatARecoveryMayRead(
            String name, int events, String snapshots, String eventsLeft, String snapshotsLeft) throws SQLException {
        assertThat(name).isNotBlank();
        events("guard|acme", 1, events);
        SNAPSHOT.matcher(snapshots)
                .results()
                .forEach(each -> snapshot("guard|acme", Long.parseLong(each.group(1)), Duration.parse(each.group(2))));

        sweeper.sweepOnce();

        assertThat(left("event_journal", "guard|acme")).isEqualTo(eventsLeft);
        assertThat(left("snapshot", "guard|acme")).isEqualTo(snapshotsLeft);
    }

    @Test
    void sweep_guardsOfMoreThanOnePage_reachesThemAllAndCounts() throws SQLException {
        String ids =
                IntStream.range(0, 230).mapToObj("('guard|t%d')"::formatted).collect(Collectors.joining(","));
        TestServer.execute(
                DATABASE,
                "INSERT INTO event_journal (persistence_id, sequence_number, writer, event_ser_id, event_ser_manifest,"
                        + " event_payload) SELECT id, n, 'w', 1, '', '' FROM (VALUES " + ids
                        + ") ids(id), generate_series(1, 50) n",
                "INSERT INTO snapshot (persistence_id, sequence_number, created, snapshot_ser_id, snapshot_ser_manifest,"
                        + " snapshot_payload) SELECT id, n, 0, 1, '', '' FROM (VALUES " + ids
                        + ") ids(id), generate_series(10, 40, 10) n");
        events("services", 1, 50);

        Swept first = sweeper.sweepOnce();
        Swept second = sweeper.sweepOnce();

        assertThat(first).isEqualTo(new Swept(230 * 30, 230 * 2));
        assertThat(second).isEqualTo(new Swept(0, 0));
        assertThat(sweeper.swept()).isEqualTo(first);
        assertThat(left("event_journal", "guard|t0")).isEqualTo("31-50");
        assertThat(left("event_journal", "guard|t229")).isEqualTo("31-50");
        assertThat(left("event_journal", "services")).isEqualTo("1-50");
    }

    @Test
    void sweep_whileAnotherNodeSweeps_doesNothing() throws SQLException {
        events("guard|acme", 1, 50);
        snapshot("guard|acme", 20, Duration.ofHours(2));
        snapshot("guard|acme", 40, Duration.ofHours(1));
        try (Connection other = TestServer.connect(DATABASE);
                Leftovers theirs = new Leftovers(other, Duration.ZERO, 1)) {
            assertThat(theirs.alone()).isTrue();

            assertThat(sweeper.sweepOnce()).isEqualTo(Swept.NOTHING);
        }
        assertThat(left("event_journal", "guard|acme")).isEqualTo("1-50");
    }

    @Test
    void sweep_byARoleThatMayOnlyReadAndDelete_isEnough() throws SQLException {
        TestServer.execute(
                DATABASE,
                "DROP ROLE IF EXISTS sweeper",
                "CREATE ROLE sweeper BYPASSRLS",
                "GRANT SELECT, DELETE ON event_journal, snapshot TO sweeper");
        events("guard|acme", 1, 50);
        snapshot("guard|acme", 20, Duration.ofHours(2));
        snapshot("guard|acme", 40, Duration.ofHours(1));
        try (Connection connection = TestServer.connect(DATABASE);
                Statement statement = connection.createStatement()) {
            statement.execute("SET ROLE sweeper");

            try (Leftovers leftovers = new Leftovers(connection, Duration.ZERO, 100)) {
                assertThat(leftovers.alone()).isTrue();
                assertThat(leftovers.idsAfter("", 10)).containsExactly("guard|acme");
                assertThat(leftovers.deleteEvents(List.of("guard|acme"))).isEqualTo(20);
                assertThat(leftovers.deleteSnapshots(List.of("guard|acme"))).isZero();
            }
        } finally {
            TestServer.execute(DATABASE, "DROP OWNED BY sweeper", "DROP ROLE sweeper");
        }
    }
}
