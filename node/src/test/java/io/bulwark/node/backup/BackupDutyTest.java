package io.bulwark.node.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulwark.backup.ArchiveMode;
import io.bulwark.backup.BackupKind;
import io.bulwark.backup.BackupPolicy;
import io.bulwark.backup.BackupTask;
import io.bulwark.backup.Objectives;
import io.bulwark.backup.Retention;
import io.bulwark.backup.RunOutcome;
import io.bulwark.persistence.archive.StandbyNames;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.backup.Restore;
import io.bulwark.persistence.backup.RestoreRequest;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.drill.Drills;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Settings;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupEnd;
import io.bulwark.persistence.repository.BackupStart;
import io.bulwark.persistence.repository.BackupWriter;
import io.bulwark.persistence.repository.HinderedStore;
import io.bulwark.persistence.repository.HinderedStore.Call;
import io.bulwark.persistence.repository.HinderedStore.Hindrance;
import io.bulwark.persistence.repository.HinderedStore.Locked;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.TestStore;
import java.io.IOException;
import java.io.UncheckedIOException;
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
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What a node does for the coordinator, on a real server: and that no two do it at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupDutyTest {
    private static final Duration WITHIN = Duration.ofSeconds(10);
    private static final BackupPolicy NEWEST_ONLY = new BackupPolicy(
            List.of(),
            new Retention(1, Duration.ZERO, 0, 0, 0, 0, "UTC", Duration.ZERO),
            Objectives.DEFAULT,
            ArchiveMode.OFF,
            0,
            false);

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

    /** A repository whose store tells of each call before it does it. */
    private RepositoryOpening opening(String name, Hindrance hindrance) {
        return () -> Repository.open(
                new HinderedStore(TestStore.at(directory.resolve(name)).open(InstantSource.system()), hindrance),
                KeyRing.ofEnvironment(Map.of("KEYS", keys), "KEYS"),
                InstantSource.system());
    }

    private void write(String name, String... ids) throws IOException {
        try (Repository open = open(name, keys)) {
            for (String id : ids) {
                BackupStart start = new BackupStart(
                        id, BackupStart.Kind.FULL, Optional.empty(), "7000000000000000001", 180_006, 1, "", Map.of());
                try (BackupWriter writer = open.begin(start)) {
                    writer.part("base.tar").close();
                    Instant ended = InstantSource.system().instant();
                    writer.complete(new BackupEnd("0/2000028", "0/2000120", ended, ended));
                }
            }
        }
    }

    private List<String> ids(String name) throws StoreTrouble {
        try (Repository open = open(name, keys)) {
            return open.backups().stream().map(Backup::id).toList();
        }
    }

    /** Another run, which has lost its lock when the store is asked this for the first time. */
    private RunOutcome performLosingTheLock(String name, BackupTask task, Call call, String key)
            throws InterruptedException {
        AtomicBoolean lost = new AtomicBoolean();
        RepositoryOpening opening = opening(name, (asked, of) -> {
            if (asked == call && of.endsWith(key) && !lost.getAndSet(true)) {
                loseTheLock();
            }
        });
        BackupDuty duty = new BackupDuty(
                opening,
                () -> Optional.of(database()),
                directory.resolve("drills"),
                InstantSource.system(),
                Duration.ZERO);
        RunOutcome outcome = duty.perform(task, NEWEST_ONLY, Progress.SILENT);
        assertThat(lost).isTrue();
        return outcome;
    }

    private static void assertLost(RunOutcome outcome) {
        RunOutcome.Broke broke = broke(outcome);
        assertThat(broke.problem()).contains("must not go on");
        assertThat(broke.again()).isTrue();
    }

    /** Returns when the server has let go of it. */
    private void loseTheLock() {
        try {
            execute("SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory'"
                    + " AND pid <> pg_backend_pid()");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
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
            loseTheLock();
            Progress watching = lock.watching(Progress.SILENT, Duration.ZERO);

            assertThatThrownBy(() -> watching.moved(1, 2))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("must not go on");
        }
    }

    @Test
    void verification_thatLosesTheLock_endsAtItsNextPiece() throws Exception {
        write("verify", "a", "b");
        assertLost(performLosingTheLock("verify", new BackupTask.VerifyAll(), Call.OPEN, "a/base.tar"));
        assertLost(performLosingTheLock("verify", new BackupTask.Verify("a"), Call.OPEN, "a/base.tar"));
    }

    @Test
    void deletion_thatLosesTheLock_deletesNothing() throws Exception {
        write("delete", "a", "b");
        assertLost(performLosingTheLock("delete", new BackupTask.Delete("a"), Call.OPEN, "a/index.json"));
        assertThat(ids("delete")).containsExactly("a", "b");
    }

    @Test
    void pruning_thatLosesTheLock_deletesNoFurtherBackup_andTheNextOneGoesOn() throws Exception {
        write("prune", "a", "b", "c");
        assertLost(performLosingTheLock("prune", new BackupTask.Prune(), Call.DELETE, "b/index.json"));
        assertThat(ids("prune")).containsExactly("a", "c");
        assertThat(result(duty(opening("prune", keys)).perform(new BackupTask.Prune(), NEWEST_ONLY, Progress.SILENT)))
                .startsWith("Deleted a,");
        assertThat(ids("prune")).containsExactly("c");
    }

    @Test
    void drill_thatLosesTheLock_ends_andKeepsNoReport() throws Exception {
        perform(duty(opening("drill", keys)), take(BackupKind.FULL));
        assertLost(performLosingTheLock("drill", new BackupTask.Drill(), Call.OPEN, "/base.tar"));
        try (Repository open = open("drill", keys)) {
            assertThat(new Drills(open).list(1).reports()).isEmpty();
        }
        assertThat(directory.resolve("drills")).isDirectoryNotContaining(left -> !left.endsWith("programs"));
    }

    @Test
    void overAStoreThatLocksItsObjects_everythingWorksButDeleting_whichSaysSo() throws Exception {
        RepositoryOpening opening = opening("lock", new Locked(Duration.ofDays(30), InstantSource.system()));
        BackupDuty duty = duty(opening);
        String full = result(perform(duty, take(BackupKind.FULL)));
        String next = result(perform(duty, take(BackupKind.INCREMENTAL)));
        String last = result(perform(duty, take(BackupKind.FULL)));

        assertThat(result(duty.perform(new BackupTask.Prune(), NEWEST_ONLY, Progress.SILENT)))
                .startsWith("Deleted no backup")
                .contains("does not let go of " + next + ", " + full + " yet: ", "locked");
        RunOutcome.Broke refused = broke(perform(duty, new BackupTask.Delete(last)));
        assertThat(refused.problem()).contains("locked");
        assertThat(refused.again()).isFalse();
        assertThat(result(perform(duty, new BackupTask.VerifyAll()))).startsWith("Intact: 3 backups");
        try (Repository open = opening.open()) {
            Path target = directory.resolve("restored-from-lock");
            new Restore(open, new SplittableRandom(1)).restore(RestoreRequest.of(next, target), Progress.SILENT);
            assertThat(target.resolve("PG_VERSION")).exists();
        }
    }

    /** A store does nothing more once it is closed: what one closes must not be what another works with. */
    @Test
    void aRunThatFails_closesNothingUnderTheArchiver() throws Exception {
        AtomicInteger closed = new AtomicInteger();
        RepositoryOpening opening = () -> {
            AtomicBoolean over = new AtomicBoolean();
            return opening("shared", (call, key) -> {
                        if (over.get()) {
                            throw new StoreTrouble(
                                    StoreTrouble.Kind.FAILED, "The store is closed: " + call + " " + key);
                        }
                        if (call == Call.CLOSE) {
                            over.set(true);
                            closed.incrementAndGet();
                        }
                    })
                    .open();
        };
        try (ClusterArchiver archiver =
                new ClusterArchiver(opening, () -> Optional.of(database()), InstantSource.system())) {
            archiver.lead(ArchiveMode.ASYNCHRONOUS, new Unheard());
            await().atMost(WITHIN)
                    .until(() -> archiver.view(Optional.empty()).state().equals("streaming"));
            assertThat(broke(perform(duty(opening), new BackupTask.Verify("none")))
                            .problem())
                    .contains("no backup 'none'");
            assertThat(closed).hasValue(1);

            String segment = first("SELECT pg_walfile_name(pg_current_wal_lsn())");
            execute("SELECT pg_logical_emit_message(true, 'test', 'something'), pg_switch_wal()");
            await().atMost(WITHIN).until(() -> walNames("shared").contains(segment));
            assertThat(archiver.view(Optional.empty()).trouble()).isEmpty();
            assertThat(closed).hasValue(1);
            archiver.lead(ArchiveMode.OFF, new Unheard());
            await().atMost(WITHIN)
                    .until(() ->
                            first("SELECT count(*) FROM pg_replication_slots").equals("0"));
        }
        assertThat(closed).hasValue(2);
    }

    private record Unheard() implements BackupMeans.Told {
        @Override
        public void gap(String sentence) {
            throw new AssertionError(sentence);
        }

        @Override
        public void takenAway() {
            // The slot tells.
        }
    }

    private List<String> walNames(String name) throws StoreTrouble {
        try (Repository open = open(name, keys)) {
            return open.wal().names();
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
        return first("SELECT setting FROM pg_file_settings WHERE name = '" + name + "' ORDER BY seqno DESC LIMIT 1");
    }

    /** The first column of the first row; "" when there is none. */
    private String first(String sql) throws SQLException {
        try (Connection connection =
                        database().connections("test", WITHIN, WITHIN).getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
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
