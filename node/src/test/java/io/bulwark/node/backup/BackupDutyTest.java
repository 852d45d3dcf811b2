package io.bulwark.node.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.RunOutcome;
import io.bulwark.persistence.archive.StandbyNames;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Settings;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.TestStore;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a node does for the coordinator, on a real server: and that no two do it at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupDutyTest {
    private static final Duration WITHIN = Duration.ofSeconds(10);

    private Path directory = Path.of("");
    private Optional<EmbeddedPostgres> server = Optional.empty();
    private String keys = "";

    @BeforeAll
    void start(@TempDir Path given) {
        directory = given;
        server = Optional.of(EmbeddedPostgres.start(given.resolve("postgres"), Settings.DEFAULT));
        keys = KeyRing.newLine("k1");
    }

    @AfterAll
    void stop() {
        server.ifPresent(EmbeddedPostgres::close);
    }

    private Database database() {
        return Database.of(server.orElseThrow());
    }

    private RepositoryOpening opening(String name, String line) {
        return () -> open(name, line);
    }

    private Repository open(String name, String line) throws StoreTrouble {
        return Repository.open(
                TestStore.at(directory.resolve(name)).open(InstantSource.system()),
                KeyRing.ofEnvironment(Map.of("KEYS", line), "KEYS"),
                InstantSource.system());
    }

    private BackupDuty duty(RepositoryOpening opening) {
        return new BackupDuty(
                opening, () -> Optional.of(database()), directory.resolve("drills"), InstantSource.system());
    }

    private static RunOutcome perform(BackupDuty duty, BackupTask task) throws InterruptedException {
        return duty.perform(task, BackupPolicy.DEFAULT, Progress.SILENT);
    }

    private static BackupTask take(BackupKind kind) {
        return new BackupTask.Take(kind, "", Map.of());
    }

    private static String result(RunOutcome outcome) {
        assertThat(outcome).isInstanceOf(RunOutcome.Succeeded.class);
        return ((RunOutcome.Succeeded) outcome).result();
    }

    private static RunOutcome.Broke broke(RunOutcome outcome) {
        assertThat(outcome).isInstanceOf(RunOutcome.Broke.class);
        return (RunOutcome.Broke) outcome;
    }

    @Test
    void aChain_isTaken_verified_prunedAndDeletedFromItsEnd() throws InterruptedException {
        BackupDuty duty = duty(opening("chain", keys));
        String full = result(perform(duty, take(BackupKind.FULL)));
        String next = result(perform(duty, take(BackupKind.INCREMENTAL)));
        assertThat(full).endsWith("-full");
        assertThat(next).endsWith("-incremental");

        assertThat(result(perform(duty, new BackupTask.Verify(full)))).startsWith("Intact: 1 backup");
        assertThat(result(perform(duty, new BackupTask.VerifyAll()))).startsWith("Intact: 2 backups");
        assertThat(result(perform(duty, new BackupTask.Prune()))).contains("no backup", "2 are kept");
        RunOutcome.Broke needed = broke(perform(duty, new BackupTask.Delete(full)));
        assertThat(needed.problem()).contains(next);
        assertThat(needed.again()).isFalse();
        assertThat(result(perform(duty, new BackupTask.Delete(next)))).contains(next);
        assertThat(broke(perform(duty, new BackupTask.Verify(next))).again()).isFalse();
    }

    @Test
    void whileAnotherRunWorksOnTheDatabase_aRunFails_andMayBeTriedAgain() throws Exception {
        BackupDuty duty = duty(opening("locked", keys));
        try (RunLock _ = RunLock.take(database())) {
            RunOutcome.Broke locked = broke(perform(duty, take(BackupKind.FULL)));
            assertThat(locked.problem()).contains("Another run");
            assertThat(locked.again()).isTrue();
        }
        assertThat(result(perform(duty, take(BackupKind.FULL)))).endsWith("-full");
    }

    @Test
    void aServerThatDoesNotRun_andAWrongKey_areToldApart() throws InterruptedException {
        RepositoryOpening opening = opening("trouble", keys);
        RepositoryOpening other = opening("trouble", KeyRing.newLine("k1"));
        BackupDuty away = new BackupDuty(opening, Optional::empty, directory.resolve("drills"), InstantSource.system());
        assertThat(broke(perform(away, take(BackupKind.FULL))).again()).isTrue();

        String id = result(perform(duty(opening), take(BackupKind.FULL)));
        RunOutcome.Broke wrong = broke(perform(duty(other), new BackupTask.Verify(id)));
        assertThat(wrong.problem()).contains("k1");
        assertThat(wrong.again()).isFalse();
    }

    @Test
    void aLockThatIsLostWithItsConnection_breaksTheRunOff() throws Exception {
        try (RunLock lock = RunLock.take(database())) {
            try (Connection connection =
                            database().connections("test", WITHIN, WITHIN).getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
                        + " AND pid <> pg_backend_pid()");
            }
            Progress watching = lock.watching(Progress.SILENT, Duration.ZERO);

            assertThatThrownBy(() -> watching.moved(1, 2))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("must not go on");
        }
    }

    @Test
    void theArchiver_entersItselfWhereNobodyElseStands_andLeavesOnlyItself() throws SQLException {
        StandbyNames names = StandbyNames.of(database());
        names.enter();
        assertThat(setting("synchronous_standby_names")).isEqualTo("bulwark_archiver");
        names.leave();
        assertThat(setting("synchronous_standby_names")).isEmpty();

        execute("ALTER SYSTEM SET synchronous_standby_names = 'another'");
        assertThat(setting("synchronous_standby_names")).isEqualTo("another");
        assertThatThrownBy(names::enter).hasMessageContaining("another");
        names.leave();
        assertThat(setting("synchronous_standby_names")).isEqualTo("another");
        execute("ALTER SYSTEM RESET synchronous_standby_names");
    }

    /** Of a new session: a setting that was changed is read by each session when it begins, if not before. */
    private String setting(String name) throws SQLException {
        execute("SELECT pg_reload_conf()");
        try (Connection connection =
                        database().connections("test", WITHIN, WITHIN).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT setting FROM pg_file_settings WHERE name = '" + name
                        + "' ORDER BY seqno DESC LIMIT 1")) {
            return row.next() ? row.getString(1) : "";
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection =
                        database().connections("test", WITHIN, WITHIN).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
