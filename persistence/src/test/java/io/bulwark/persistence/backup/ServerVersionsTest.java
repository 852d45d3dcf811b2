package io.bulwark.persistence.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.bulwark.persistence.archive.ArchiverSettings;
import io.bulwark.persistence.archive.ArchiverSettings.Durability;
import io.bulwark.persistence.archive.ArchiverStatus;
import io.bulwark.persistence.archive.ArchiverStatus.State;
import io.bulwark.persistence.archive.Lsn;
import io.bulwark.persistence.archive.StandbyNames;
import io.bulwark.persistence.archive.WalAhead;
import io.bulwark.persistence.archive.WalArchiver;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.drill.Drill;
import io.bulwark.persistence.drill.DrillReport;
import io.bulwark.persistence.drill.DrillRequest;
import io.bulwark.persistence.drill.Finding;
import io.bulwark.persistence.embedded.AnyServer;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.schema.Migrations;
import io.bulwark.persistence.scratch.Past;
import io.bulwark.persistence.scratch.Programs;
import io.bulwark.persistence.scratch.Scratch;
import io.bulwark.persistence.scratch.ScratchRequest;
import io.bulwark.persistence.scratch.ScratchSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real server of each version that can be backed up, with its own programs to restore it. */
@EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
class ServerVersionsTest {
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final int FIRST_WITH_INCREMENTALS = 17;
    private static final ArchiverSettings ARCHIVER =
            ArchiverSettings.DEFAULT.withRetained(1L << 30, Duration.ofMillis(100));

    @TempDir
    static Path installations;

    @TempDir
    Path directory;

    /** @param digests of every table of the server then */
    private record Taken(Backup backup, SortedMap<String, String> digests) {}

    /** @param wanted how the server was at the instant, which is after all backups */
    private record Story(
            List<Taken> taken, Instant instant, SortedMap<String, String> wanted, SortedMap<String, String> end) {}

    @ParameterizedTest(name = "PostgreSQL {0}")
    @ValueSource(ints = {14, 15, 16, 17, 18})
    void server_isRestoredToEachBackup_toAnInstant_andToTheEnd(int major) throws Exception {
        Path bin = AnyServer.programs(major, installations);
        try (Repository repository = TestBackups.repository(directory.resolve("repository"))) {
            Story story = story(major, bin, repository);
            assertThat(story.taken())
                    .allSatisfy(one -> assertThat(one.backup().start().serverVersionNum() / 10_000)
                            .isEqualTo(major));
            for (Taken one : story.taken()) {
                restore(repository, bin, one.backup(), Optional.empty(), one.digests());
            }
            PointInTime instant = new PointInTime.At(story.instant());
            restore(repository, bin, story.taken().getFirst().backup(), Optional.of(instant), story.wanted());
            restore(repository, bin, story.taken().getLast().backup(), Optional.of(instant), story.wanted());
            drillFindsNothing(repository, bin);
            goOn(repository, bin, story);
            drillFindsNothing(repository, bin);
        }
    }

    private Story story(int major, Path bin, Repository repository) throws Exception {
        boolean summaries = major >= FIRST_WITH_INCREMENTALS;
        Path place = Files.createDirectory(directory.resolve("source"));
        try (AnyServer server = AnyServer.make(bin, place, summaries ? "summarize_wal = on" : "")) {
            Database main = server.make("bulwark");
            try (var pool = main.pool("test-migrations", 1)) {
                new Migrations(pool).up();
            }
            Cluster source = new Cluster(main);
            Workload changes = new Workload(source, 20_261_127);
            changes.setUp(Files.createDirectory(directory.resolve("space")));
            try (WalArchiver archiver = archiver(main, repository, Durability.SYNCHRONOUS)) {
                letCommitsWaitFor(archiver, main);
                List<Taken> taken = taken(source, repository, changes, summaries);
                changes.insertSome();
                changes.makeADatabase();
                SortedMap<String, String> wanted = source.digests();
                Instant instant = now(main);
                changes.rewrite();
                changes.deleteTheEnd();
                awaitArchived(archiver, main);
                return new Story(taken, instant, wanted, source.digests());
            }
        }
    }

    private static List<Taken> taken(Cluster source, Repository repository, Workload changes, boolean summaries)
            throws Exception {
        List<Taken> taken = new ArrayList<>();
        for (Kind kind : List.of(Kind.FULL, Kind.INCREMENTAL, Kind.DIFFERENTIAL)) {
            TakenBackup backup = new BaseBackup(source.main(), repository, InstantSource.system())
                    .take(BackupRequest.of(kind, "it's " + kind).withRateMaxKibibytes(1 << 20), Progress.SILENT);
            taken.add(new Taken(backup.backup(), source.digests()));
            if (summaries || kind == Kind.FULL) {
                assertThat(backup.forcedFull()).isEmpty();
                assertThat(backup.backup().start().kind()).isEqualTo(kind);
            } else {
                assertThat(backup.forcedFull())
                        .hasValueSatisfying(why -> assertThat(why).contains("only 17 and newer"));
                assertThat(backup.backup().start().kind()).isEqualTo(Kind.FULL);
            }
            changes.updateSome();
            changes.makeATable();
            changes.truncate();
        }
        return taken;
    }

    /** A new slot keeps the log from the last checkpoint on, and a backup makes one: so the archiver comes first. */
    private static WalArchiver archiver(Database database, Repository repository, Durability durability) {
        WalArchiver archiver = WalArchiver.start(
                database, repository.wal(), ARCHIVER.with(durability), () -> true, InstantSource.system());
        await().atMost(SOON).until(() -> archiver.status().state() == State.STREAMING);
        return archiver;
    }

    private static void letCommitsWaitFor(WalArchiver archiver, Database database) throws SQLException {
        StandbyNames.of(database).enter();
        await().atMost(SOON)
                .until(() -> archiver.status()
                        .slot()
                        .filter(ArchiverStatus.Slot::synchronous)
                        .isPresent());
    }

    private static void awaitArchived(WalArchiver archiver, Database database) {
        Lsn end = Lsn.parse(Past.one(database, "SELECT pg_switch_wal()"));
        await().atMost(SOON).until(() -> {
            assertThat(archiver.status().end()).isEmpty();
            return archiver.status()
                    .archived()
                    .filter(archived -> archived.compareTo(end) >= 0)
                    .isPresent();
        });
    }

    private static Instant now(Database database) {
        long micros =
                Long.parseLong(Past.one(database, "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000);
    }

    /** Where a restored server lets itself in. */
    private static Database credentials() {
        return new Database("jdbc:postgresql:bulwark", "bulwark", "bulwark");
    }

    private ScratchSettings with(Path bin) {
        return ScratchSettings.with(directory.resolve("programs")).withPrograms(new Programs.Installed(bin));
    }

    private void restore(
            Repository repository,
            Path bin,
            Backup backup,
            Optional<PointInTime> point,
            SortedMap<String, String> digests)
            throws Exception {
        ScratchRequest request = new ScratchRequest(
                Optional.of(backup.id()), point, directory.resolve("scratch"), credentials(), with(bin));
        try (Scratch scratch = Scratch.restored(repository, request, new SplittableRandom(1), Scratch.Watcher.SILENT)) {
            Cluster copy = new Cluster(scratch.server().database());
            assertThat(copy.digests()).as(backup.id() + " to " + point).isEqualTo(digests);
            assertThat(copy.checkIndexes()).isGreaterThan(300);
        }
    }

    /** Among what it looks at are every page by amcheck, and the end of the archive by the bytes of the log. */
    private void drillFindsNothing(Repository repository, Path bin) throws IOException {
        DrillReport report = new Drill(repository, new SplittableRandom(1), InstantSource.system())
                .run(
                        DrillRequest.of(
                                new DrillRequest.When.End(), directory.resolve("drills"), credentials(), with(bin)),
                        Drill.Watcher.SILENT);
        assertThat(report.findings())
                .allSatisfy(finding ->
                        assertThat(finding.outcome()).as(finding.what()).isEqualTo(Finding.Outcome.OK));
        assertThat(report.findings())
                .extracting(Finding::check)
                .contains("files", "structure", "rows", "ledger", "journal", "tenants");
        assertThat(report.archiveEnd()).isPresent().isEqualTo(report.replayedTo());
    }

    /** With the configuration that it had, as it would take the place of the lost one: its log leads on from there. */
    private void goOn(Repository repository, Path bin, Story story) throws Exception {
        Path place = Files.createDirectory(directory.resolve("restored"));
        Backup full = story.taken().getFirst().backup();
        Path log = Files.createDirectory(place.resolve("wal"));
        RestoreRequest request = RestoreRequest.of(full.id(), place.resolve("data"))
                .withTablespaces(place.resolve("spaces"))
                .withSettings(Map.of("synchronous_standby_names", ""))
                .withRecovery(new PointInTime.End(), "cp '" + log + "/%f' '%p'");
        new Restore(repository, new SplittableRandom(7)).restore(request, Progress.SILENT);
        new WalAhead(repository.wal()).fetch(Lsn.parse(full.end().startLsn()), log, _ -> {});
        try (AnyServer server = AnyServer.on(bin, place.resolve("data"), place)) {
            Cluster copy = new Cluster(server.database("bulwark"));
            assertThat(copy.digests()).isEqualTo(story.end());
            try (WalArchiver archiver = archiver(copy.main(), repository, Durability.ASYNCHRONOUS)) {
                TakenBackup next = new BaseBackup(copy.main(), repository, InstantSource.system())
                        .take(BackupRequest.of(Kind.INCREMENTAL, "").withoutWal(), Progress.SILENT);
                assertThat(next.backup().start().timeline()).isEqualTo(2);
                assertThat(next.forcedFull()).isPresent();
                copy.execute("bulwark", "CREATE TABLE afterwards AS SELECT generate_series(1, 100) n");
                awaitArchived(archiver, copy.main());
            }
            PointInTime end = new PointInTime.End();
            restore(repository, bin, full, Optional.of(end), copy.digests());
        }
    }
}
