package io.bulwark.node.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.backup.ArchiveMode;
import io.bulwark.backup.ArchiveView;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Settings;
import io.bulwark.persistence.repository.DirectoryStore;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.Repository;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the archiver of a cluster leaves at a real server, and who takes it away. */
class ClusterArchiverTest {
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final String SLOT = "SELECT count(*) FROM pg_replication_slots WHERE slot_name = 'bulwark_archiver'";
    private static final String NAMES = "SELECT setting FROM pg_settings WHERE name = 'synchronous_standby_names'";

    @TempDir
    private Path directory = Path.of("");

    private Optional<EmbeddedPostgres> server = Optional.empty();
    private final String keys = KeyRing.newLine("k1");
    private final Heard heard = new Heard();

    private static final class Heard implements BackupMeans.Told {
        final List<String> gaps = new CopyOnWriteArrayList<>();
        final AtomicInteger takenAway = new AtomicInteger();

        @Override
        public void gap(String sentence) {
            gaps.add(sentence);
        }

        @Override
        public void takenAway() {
            takenAway.incrementAndGet();
        }
    }

    @BeforeEach
    void start() {
        server = Optional.of(EmbeddedPostgres.start(directory.resolve("postgres"), Settings.DEFAULT));
    }

    @AfterEach
    void stop() {
        server.ifPresent(EmbeddedPostgres::close);
    }

    @Test
    void whatAnArchiverThatDiedLeft_isTakenAwayByTheNext_soThatCommitsDoNotWait() throws SQLException {
        try (ClusterArchiver died = archiver()) {
            died.lead(ArchiveMode.SYNCHRONOUS, heard);
            patiently().until(() -> asked(NAMES).equals("bulwark_archiver"));
        }
        assertThat(asked(SLOT)).isEqualTo("1");

        try (ClusterArchiver next = archiver()) {
            next.lead(ArchiveMode.OFF, heard);
            patiently().until(() -> heard.takenAway.get() == 1);
        }
        assertThat(asked(NAMES)).isEmpty();
        assertThat(asked(SLOT)).isEqualTo("0");
        execute("CREATE TABLE committed (n int)");
    }

    @Test
    void whatCannotBeTakenAway_isShown_andTakenAwayLater_andToldToWhoAskedLast() throws SQLException {
        execute("SELECT pg_create_physical_replication_slot('bulwark_archiver')");
        Heard last = new Heard();
        AtomicBoolean away = new AtomicBoolean(true);
        try (ClusterArchiver archiver = archiver(() -> away.get() ? Optional.empty() : server.map(Database::of))) {
            archiver.lead(ArchiveMode.OFF, heard);
            patiently()
                    .until(() -> archiver.view(Optional.empty())
                            .trouble()
                            .filter(trouble -> trouble.contains("does not run"))
                            .isPresent());
            archiver.lead(ArchiveMode.OFF, last);
            away.set(false);
            patiently().until(() -> last.takenAway.get() == 1);
            assertThat(asked(SLOT)).isEqualTo("0");
            assertThat(archiver.view(Optional.empty())).isEqualTo(ArchiveView.OFF);
        }
        assertThat(heard.takenAway).hasValue(0);
    }

    @Test
    void aModeThatChangesInAMoment_leavesWhatTheLastOneWants() {
        try (ClusterArchiver archiver = archiver()) {
            archiver.lead(ArchiveMode.SYNCHRONOUS, heard);
            patiently().until(() -> asked(SLOT).equals("1"));
            archiver.lead(ArchiveMode.OFF, heard);
            patiently().until(() -> heard.takenAway.get() == 1);
            assertThat(asked(NAMES) + asked(SLOT)).isEqualTo("0");

            archiver.lead(ArchiveMode.SYNCHRONOUS, heard);
            archiver.lead(ArchiveMode.ASYNCHRONOUS, heard);
            patiently().until(() -> archiver.view(Optional.empty()).state().equals("streaming"));
            patiently().until(() -> asked(NAMES).isEmpty());
        }
    }

    @Test
    void logThatTheServerDropped_isTold_andTheArchiveBeginsAnew() throws SQLException {
        try (ClusterArchiver archiver = archiver()) {
            archiver.lead(ArchiveMode.ASYNCHRONOUS, heard);
            execute("CREATE TABLE before_it AS SELECT 1");
            execute("SELECT pg_switch_wal()");
            String end = asked("SELECT pg_current_wal_lsn()");
            patiently()
                    .until(() -> archiver.view(Optional.empty())
                            .archived()
                            .filter(position -> asked("SELECT '" + position + "'::pg_lsn >= '" + end + "'")
                                    .equals("t"))
                            .isPresent());
        }
        execute("SELECT pg_drop_replication_slot('bulwark_archiver')");
        for (int i = 0; i < 3; i++) {
            execute("SELECT pg_switch_wal()");
            execute("CREATE TABLE dropped_" + i + " AS SELECT 1");
            execute("CHECKPOINT");
        }

        try (ClusterArchiver archiver = archiver()) {
            archiver.lead(ArchiveMode.ASYNCHRONOUS, heard);
            patiently().until(() -> heard.gaps.size() == 1);
            patiently().until(() -> asked(SLOT).equals("1"));
            assertThat(archiver.view(Optional.empty()).completeAt())
                    .as("without a backup after the gap nothing is recoverable up to now")
                    .isEmpty();
            Instant later = InstantSource.system().instant().plusSeconds(60);
            patiently()
                    .until(() -> archiver.view(Optional.of(later)).completeAt().isPresent());
        }
        assertThat(heard.gaps).hasSize(1);
    }

    private ClusterArchiver archiver() {
        return archiver(() -> server.map(Database::of));
    }

    private ClusterArchiver archiver(Supplier<Optional<Database>> where) {
        return new ClusterArchiver(
                () -> Repository.open(
                        DirectoryStore.open(directory.resolve("repository"), InstantSource.system()),
                        KeyRing.ofEnvironment(Map.of("KEYS", keys), "KEYS"),
                        InstantSource.system()),
                where,
                InstantSource.system());
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofMinutes(1));
    }

    private String asked(String question) {
        try (Connection connection = connection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(question)) {
            row.next();
            return row.getString(1);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = connection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private Connection connection() throws SQLException {
        return Database.of(server.orElseThrow())
                .connections("test", WITHIN, WITHIN)
                .getConnection();
    }
}
