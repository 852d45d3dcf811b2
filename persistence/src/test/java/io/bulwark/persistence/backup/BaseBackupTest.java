package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.StoreTrouble;
import io.bulwark.persistence.repository.TestStore;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.util.DriverInfo;

/** One server for all; each test has a repository of its own. */
class BaseBackupTest {
    private static final AtomicInteger repositories = new AtomicInteger();

    @TempDir
    static Path directory;

    private static EmbeddedPostgres server;
    private static Cluster cluster;

    private Path place;
    private Repository repository;
    private BaseBackup backups;

    @BeforeAll
    static void start() throws IOException {
        server = Servers.startThrowaway(Files.createDirectory(directory.resolve("source")));
        cluster = new Cluster(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void open() throws IOException {
        place = directory.resolve("repository-" + repositories.incrementAndGet());
        repository = TestBackups.repository(place);
        backups = new BaseBackup(cluster.main(), repository, InstantSource.system());
    }

    @AfterEach
    void close() {
        repository.close();
    }

    @Test
    void full_saysWhatItIs_andProgressReachesItsEnd() throws IOException {
        List<Long> done = new ArrayList<>();
        BackupRequest request = BackupRequest.of(Kind.FULL, "it's the first").withTags(Map.of("why", "test"));
        Backup backup = backups.take(request, (bytes, total) -> {
                    assertThat(total).isGreaterThan(10L << 20);
                    done.add(bytes);
                })
                .backup();
        assertThat(backup.id()).matches("[0-9]{8}T[0-9]{6}Z-full");
        assertThat(backup.start().label()).isEqualTo("it's the first");
        assertThat(backup.start().tags()).containsEntry("why", "test").containsEntry("bulwark.wal", "included");
        assertThat(backup.start().timeline()).isEqualTo(1);
        assertThat(backup.end().startLsn()).matches("[0-9A-F]+/[0-9A-F]+");
        assertThat(backup.parts()).extracting(Backup.Part::name).containsExactly("base.tar", "backup_manifest");
        assertThat(done).isSorted().hasSizeGreaterThan(3).endsWith(plainBytes(backup));
        assertThat(repository.backups()).containsExactly(backup);
    }

    @Test
    void withoutWal_thereIsNoneInTheBackup() throws IOException {
        Backup with =
                backups.take(BackupRequest.of(Kind.FULL, ""), Progress.SILENT).backup();
        Backup without = backups.take(BackupRequest.of(Kind.FULL, "").withoutWal(), Progress.SILENT)
                .backup();
        assertThat(plainBytes(with) - plainBytes(without)).isGreaterThanOrEqualTo(16L << 20);
        assertThat(BackupTags.hasWal(with)).isTrue();
        assertThat(BackupTags.hasWal(without)).isFalse();
        assertThat(without.id()).isNotEqualTo(with.id());
    }

    @Test
    void changedSystem_takesAFullOneAndSaysWhy() throws IOException {
        backups.take(BackupRequest.of(Kind.FULL, "").withoutWal(), Progress.SILENT);
        Path other = Files.createDirectory(place.resolve("other"));
        try (EmbeddedPostgres another = Servers.startAnother(other)) {
            TakenBackup taken = new BaseBackup(Database.of(another), repository, InstantSource.system())
                    .take(BackupRequest.of(Kind.INCREMENTAL, "").withoutWal(), Progress.SILENT);
            assertThat(taken.backup().start().kind()).isEqualTo(Kind.FULL);
            assertThat(taken.forcedFull())
                    .hasValueSatisfying(why -> assertThat(why).contains("and this server is"));
            assertThat(taken.backup().start().tags().get("bulwark.full-because"))
                    .isEqualTo(taken.forcedFull().orElse(""));
        }
    }

    @Test
    void missingSummaries_takeAFullOneAndSayWhy() throws Exception {
        TakenBackup full = backups.take(BackupRequest.of(Kind.INCREMENTAL, "").withoutWal(), Progress.SILENT);
        assertThat(full.forcedFull()).hasValueSatisfying(why -> assertThat(why).contains("no earlier backup"));
        cluster.execute("bulwark", "CREATE TABLE IF NOT EXISTS s AS SELECT generate_series(1, 100) n", "CHECKPOINT");
        assertThat(backups.take(BackupRequest.of(Kind.INCREMENTAL, "").withoutWal(), Progress.SILENT)
                        .forcedFull())
                .isEmpty();
        try (DirectoryStream<Path> summaries =
                Files.newDirectoryStream(directory.resolve("source/data/pg_wal/summaries"), "*.summary")) {
            for (Path summary : summaries) {
                Files.delete(summary);
            }
        }
        TakenBackup taken = backups.take(BackupRequest.of(Kind.DIFFERENTIAL, "").withoutWal(), Progress.SILENT);
        assertThat(taken.backup().start().kind()).isEqualTo(Kind.FULL);
        assertThat(taken.forcedFull())
                .hasValueSatisfying(why ->
                        assertThat(why).contains("cannot tell what changed").contains("summaries"));
    }

    @Test
    void damagedManifestOfTheEarlierBackup_takesAFullOneAndSaysWhy() throws IOException {
        Backup full = backups.take(BackupRequest.of(Kind.FULL, "").withoutWal(), Progress.SILENT)
                .backup();
        truncate(full, "backup_manifest", 10);
        TakenBackup taken = backups.take(BackupRequest.of(Kind.INCREMENTAL, "").withoutWal(), Progress.SILENT);
        assertThat(taken.backup().start().kind()).isEqualTo(Kind.FULL);
        assertThat(taken.forcedFull())
                .hasValueSatisfying(why -> assertThat(why).contains(full.id() + " cannot be built on"));
    }

    private void truncate(Backup backup, String part, int bytes) throws IOException {
        TestStore store = TestBackups.store(place);
        String object = "backups/" + backup.id() + "/" + part;
        byte[] content = store.read(object);
        store.write(object, Arrays.copyOf(content, content.length - bytes));
    }

    @Test
    void summariesSwitchedOff_takeAFullOne() throws Exception {
        backups.take(BackupRequest.of(Kind.FULL, "").withoutWal(), Progress.SILENT);
        summarize("off");
        try {
            assertThat(backups.take(BackupRequest.of(Kind.INCREMENTAL, "").withoutWal(), Progress.SILENT)
                            .forcedFull())
                    .hasValueSatisfying(why -> assertThat(why).contains("summarize_wal is off"));
        } finally {
            summarize("on");
        }
    }

    private static void summarize(String value) throws SQLException {
        cluster.execute("bulwark", "ALTER SYSTEM SET summarize_wal = " + value, "SELECT pg_reload_conf()");
        await().until(() -> cluster.query("bulwark", "SHOW summarize_wal").equals(List.of(value)));
    }

    @Test
    void truncatedObject_isFoundAndNothingIsLeft() throws IOException {
        Backup backup =
                backups.take(BackupRequest.of(Kind.FULL, ""), Progress.SILENT).backup();
        truncate(backup, "base.tar", 1_000);
        Path target = place.resolve("target");
        Restore restore = new Restore(repository, new SplittableRandom(1));
        assertThatThrownBy(() -> restore.restore(RestoreRequest.of(backup.id(), target), Progress.SILENT))
                .isInstanceOfSatisfying(
                        StoreTrouble.class,
                        trouble -> assertThat(trouble.kind()).isEqualTo(StoreTrouble.Kind.DAMAGED));
        assertThat(Contents.of(target).all()).isEmpty();
    }

    @Test
    void killedServer_endsTheBackupAndLeavesNothing() throws StoreTrouble {
        long killed = server.pid();
        BackupRequest slow = BackupRequest.of(Kind.FULL, "").withoutWal().withRateMaxKibibytes(20_000);
        assertThatThrownBy(() -> backups.take(slow, once(() -> Servers.kill(server))))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("broke during the backup")
                .hasMessageNotContaining(server.password());
        assertNothingStored();
        await().until(() -> server.pid() != killed && answers());
    }

    private static boolean answers() {
        try {
            return cluster.query("bulwark", "SELECT 1").equals(List.of("1"));
        } catch (SQLException away) {
            return false;
        }
    }

    @Test
    void interruptedThread_endsTheBackupAndLeavesNothing() throws StoreTrouble {
        Progress interrupting = once(() -> Thread.currentThread().interrupt());
        assertThatThrownBy(() -> backups.take(BackupRequest.of(Kind.FULL, "").withoutWal(), interrupting))
                .isInstanceOf(InterruptedIOException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertNothingStored();
    }

    @Test
    void progressThatFails_endsTheBackupAndLeavesNothing() throws StoreTrouble {
        Progress failing = once(() -> {
            throw new IllegalStateException("mine");
        });
        assertThatThrownBy(() -> backups.take(BackupRequest.of(Kind.FULL, "").withoutWal(), failing))
                .hasMessage("mine");
        assertNothingStored();
    }

    @Test
    void wrongPassword_isSaidWithoutIt() {
        Database wrong = new Database(server.jdbcUrl(), server.user(), "guess-me");
        assertThatThrownBy(() -> new BaseBackup(wrong, repository, InstantSource.system())
                        .take(BackupRequest.of(Kind.FULL, ""), Progress.SILENT))
                .isInstanceOfSatisfying(
                        BackupException.class,
                        refused -> assertThat(refused.sqlState()).contains("28P01"))
                .hasMessageContaining("No replication connection to")
                .hasMessageNotContaining("guess-me");
    }

    @Test
    void userWithoutTheRight_isSaidWhatIsMissing() throws SQLException {
        cluster.execute("bulwark", "CREATE USER plain PASSWORD 'plain'");
        Database plain = new Database(server.jdbcUrl(), "plain", "plain");
        assertThatThrownBy(() -> new BaseBackup(plain, repository, InstantSource.system())
                        .take(BackupRequest.of(Kind.FULL, ""), Progress.SILENT))
                .isInstanceOf(BackupException.class)
                .hasMessageContaining("REPLICATION");
    }

    @Test
    void driver_isTheOneThatTheWireWasTestedWith() {
        assertThat(DriverInfo.DRIVER_VERSION).isEqualTo(ReplicationWire.TESTED_DRIVER);
    }

    /** When data has come, and only then. */
    private static Progress once(Runnable action) {
        AtomicInteger calls = new AtomicInteger();
        return (done, total) -> {
            if (done > 0 && calls.incrementAndGet() == 1) {
                action.run();
            }
        };
    }

    private void assertNothingStored() throws StoreTrouble {
        assertThat(TestBackups.store(place).keys("backups/")).isEmpty();
    }

    private static long plainBytes(Backup backup) {
        return backup.parts().stream().mapToLong(Backup.Part::plainBytes).sum();
    }
}
