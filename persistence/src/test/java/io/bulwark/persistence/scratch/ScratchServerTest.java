package io.bulwark.persistence.scratch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.bulwark.persistence.backup.PointInTime;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.backup.Restore;
import io.bulwark.persistence.backup.RestoreRequest;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import io.bulwark.persistence.embedded.ChildServer;
import io.bulwark.persistence.embedded.ServerPrograms;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.scratch.ScratchException.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

class ScratchServerTest {
    @TempDir
    static Path past;

    private static Past source;
    private static Backup backup;
    private static Instant afterTheFirstRow;

    @TempDir
    Path folder;

    private final ScratchSettings settings = ScratchSettings.with(Servers.programs());

    /** What would hurt, or keep the server from starting, stands in the file that the server writes itself. */
    @BeforeAll
    static void makeThePast() throws IOException {
        source = Past.in(past);
        source.execute(
                "CREATE TABLE t (n int)",
                "CREATE ROLE other LOGIN PASSWORD 'other'",
                "ALTER SYSTEM SET synchronous_standby_names = 'nobody'",
                "ALTER SYSTEM SET shared_preload_libraries = 'is_not_there'",
                "ALTER SYSTEM SET archive_mode = 'on'",
                "ALTER SYSTEM SET archive_command = 'touch " + past + "/archived'",
                "ALTER SYSTEM SET recovery_end_command = 'touch " + past + "/recovered'",
                "ALTER SYSTEM SET listen_addresses = '*'",
                "ALTER SYSTEM SET ssl = 'on'",
                "ALTER SYSTEM SET shared_buffers = '1TB'",
                "ALTER SYSTEM SET logging_collector = 'on'");
        backup = source.backup(Kind.FULL);
        source.execute("INSERT INTO t VALUES (1)");
        afterTheFirstRow = source.now();
        source.execute("INSERT INTO t VALUES (2)");
        source.archive();
    }

    @AfterAll
    static void close() {
        source.close();
    }

    @Test
    void instant_isServedAsItWas_andNothingOfTheServersSurroundingsIsTouched() throws Exception {
        List<Scratch.Step> steps = new ArrayList<>();
        Scratch.Watcher watcher = new Scratch.Watcher() {
            @Override
            public void moved(long bytesDone, long bytesTotal) {}

            @Override
            public void begins(Scratch.Step step) {
                steps.add(step);
            }
        };
        try (Scratch scratch = restored(new PointInTime.At(afterTheFirstRow), settings, watcher)) {
            Database database = scratch.server().database();
            assertThat(Past.one(database, "SELECT string_agg(n::text, ',') FROM t"))
                    .isEqualTo("1");
            TestServer.execute(database, "INSERT INTO t VALUES (3)", "SELECT pg_switch_wal()");
            assertThat(Past.one(database, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(Past.one(database, "SHOW max_logical_replication_workers"))
                    .isEqualTo("0");
            assertThat(Past.one(scratch.server().database("postgres"), "SELECT current_database()"))
                    .isEqualTo("postgres");
            assertThatThrownBy(() -> TestServer.connect(new Database(database.url(), "other", "other"))
                            .close())
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("pg_hba.conf");
            assertThat(scratch.walFiles()).isPositive();
            assertThat(scratch.restored().backup()).isEqualTo(backup);
        }
        assertThat(steps).containsExactly(Scratch.Step.values());
        assertThat(past.resolve("archived")).doesNotExist();
        assertThat(past.resolve("recovered")).doesNotExist();
        assertThat(folder).isEmptyDirectory();
    }

    /** A backup that a restore left behind leads nowhere any more. */
    @Test
    @EnabledIfSystemProperty(named = "bulwark.long", matches = "true")
    void afterARestore_theNewTimelineIsFollowed_fromTheBackupThatLeadsThere(@TempDir Path other) throws Exception {
        try (Past before = Past.in(other)) {
            before.execute("CREATE TABLE t (n int)");
            Backup first = before.backup(Kind.FULL);
            before.execute("INSERT INTO t VALUES (1)");
            Instant wanted = before.now();
            before.execute("INSERT INTO t VALUES (2)");
            before.archive(); // the backup's checkpoint lets the server reuse what is before it
            Backup leftBehind = before.backup(Kind.FULL);
            before.archive();
            try (Scratch restored = to(before, new PointInTime.At(wanted))) {
                TestServer.execute(restored.server().database(), "INSERT INTO t VALUES (3)");
                before.archive(
                        restored.server().database(), restored.server().data().resolve("pg_wal"), "0".repeat(7) + "2");
            }
            assertThat(before.repository().listing().backups()).containsExactly(first, leftBehind);
            try (Scratch again = to(before, new PointInTime.End())) {
                assertThat(again.restored().backup()).isEqualTo(first);
                assertThat(Past.one(again.server().database(), "SELECT string_agg(n::text, ',') FROM t"))
                        .isEqualTo("1,3");
            }
        }
    }

    private Scratch to(Past its, PointInTime point) throws IOException {
        ScratchRequest request =
                new ScratchRequest(Optional.empty(), Optional.of(point), folder, its.database(), settings);
        return Scratch.restored(its.repository(), request, new SplittableRandom(1), Scratch.Watcher.SILENT);
    }

    @Test
    void withoutPoint_isTheEndOfTheBackup_andKeptWhenAsked() throws Exception {
        Path kept;
        ScratchRequest request =
                new ScratchRequest(Optional.empty(), Optional.empty(), folder, source.database(), settings.keeping());
        try (Scratch scratch =
                Scratch.restored(source.repository(), request, new SplittableRandom(1), Scratch.Watcher.SILENT)) {
            assertThat(Past.one(scratch.server().database(), "SELECT count(*) FROM t"))
                    .isEqualTo("0");
            kept = scratch.folder();
        }
        Scratch.removeLeftovers(folder);
        assertThat(kept.resolve("data/PG_VERSION")).hasContent("18");
    }

    @Test
    void instantAfterTheLog_isSaid_andNothingIsLeft() {
        PointInTime late = new PointInTime.At(afterTheFirstRow.plus(Duration.ofDays(1)));
        assertThatThrownBy(
                        () -> restored(late, settings, Scratch.Watcher.SILENT).close())
                .isInstanceOfSatisfying(
                        ScratchException.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.AFTER_THE_LOG))
                .hasMessageContaining("after the last transaction of the log that was archived, which is of 20")
                .hasMessageContaining("take an earlier point, or the end");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void instantBeforeTheFirstBackup_isRefused() {
        PointInTime early = new PointInTime.At(backup.end().endedAt().minusSeconds(1));
        assertThatThrownBy(
                        () -> restored(early, settings, Scratch.Watcher.SILENT).close())
                .hasMessageContaining("nothing earlier can be restored");
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void serverThatSaysNothingMore_isGivenUp_andTheDataIsLeft() throws IOException {
        Path data = folder.resolve("data");
        RestoreRequest hanging =
                RestoreRequest.of(backup.id(), data).withRecovery(new PointInTime.End(), "sleep 1000; # %f %p");
        new Restore(source.repository(), new SplittableRandom(1)).restore(hanging, Progress.SILENT);
        ScratchSettings impatient = settings.withStuckAfter(Duration.ofSeconds(1));
        assertThatThrownBy(() ->
                        ScratchServer.start(data, source.database(), impatient).close())
                .isInstanceOf(ScratchException.class)
                .hasMessageContaining("has said nothing new for PT1S");
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
        assertThat(data.resolve("PG_VERSION")).exists();
    }

    @Test
    void userOrDatabaseThatWasNotThere_isNamed() throws IOException {
        Path data = Servers.stopped(folder);
        Database stranger = new Database(source.database().url(), "bulwark", "wrong");
        assertThatThrownBy(() -> ScratchServer.start(data, stranger, settings).close())
                .hasMessageContaining("does not let in the user bulwark: give the user and the password that it had");
        String password = Files.readString(folder.resolve("password")).strip();
        Database elsewhere = new Database("jdbc:postgresql://db/elsewhere", "bulwark", password);
        assertThatThrownBy(() -> ScratchServer.start(data, elsewhere, settings).close())
                .hasMessageContaining("no such database as")
                .hasMessageContaining("/elsewhere");
    }

    @Test
    void programsOfAnotherVersion_areRefused() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        assertThatThrownBy(() -> start(settings)).hasMessageContaining("no PG_VERSION");
        Files.writeString(data.resolve("PG_VERSION"), "15\n");
        assertThatThrownBy(() -> start(settings))
                .isInstanceOf(ScratchException.class)
                .hasMessageContaining("is of PostgreSQL 15, and the programs that Bulwark brings are of PostgreSQL 18");
        Path bin = Files.createDirectory(folder.resolve("bin"));
        ScratchSettings installed = settings.withPrograms(new Programs.Installed(bin));
        assertThatThrownBy(() -> start(installed)).hasMessageContaining("There is no PostgreSQL in " + bin);
        Path postgres = bin.resolve("postgres");
        Files.writeString(postgres, "#!/bin/sh\necho 'postgres (PostgreSQL) 16.4 (Debian 16.4-1)'\n");
        assertThat(postgres.toFile().setExecutable(true)).isTrue();
        assertThatThrownBy(() -> start(installed))
                .hasMessageContaining("the programs in " + bin + " are of PostgreSQL 16");
    }

    @Test
    void serverThatDoesNotStart_isQuoted() throws IOException {
        Path data = Files.createDirectory(folder.resolve("data"));
        Files.writeString(data.resolve("PG_VERSION"), "18\n");
        assertThatThrownBy(() -> start(settings))
                .isInstanceOf(ScratchException.class)
                .hasMessageContaining("The restored server ended with status")
                .hasMessageContaining("postgres.log");
    }

    @Test
    void installedPrograms_doAsWell() throws Exception {
        Path bin = ServerPrograms.brought(Servers.programs()).bin();
        Path data = Servers.stopped(folder);
        String password = Files.readString(folder.resolve("password")).strip();
        Database credentials = new Database("jdbc:postgresql:bulwark", "bulwark", password);
        try (ScratchServer server =
                ScratchServer.start(data, credentials, settings.withPrograms(new Programs.Installed(bin)))) {
            assertThat(Past.one(server.database(), "SELECT current_database()")).isEqualTo("bulwark");
        }
        assertThat(data).doesNotExist();
        assertThat(folder.resolve("data.server")).doesNotExist();
    }

    @Test
    void whatADeadOwnerLeft_isEndedAndRemoved_whatIsInUseIsNot() throws Exception {
        Path left = Files.createDirectory(folder.resolve("scratch-left"));
        Path data = Servers.stopped(left);
        List<String> options = ScratchOptions.of(18, ChildServer.freePort(), left, settings);
        ScratchOptions.writeFiles(left, "bulwark");
        ChildServer orphan = ChildServer.launch(ServerPrograms.brought(Servers.programs()), data, options, left);
        await().until(orphan::ready);
        try (ScratchFolder used = ScratchFolder.make(folder, new SplittableRandom(1), false)) {
            Scratch.removeLeftovers(folder);
            assertThat(orphan.ended()).isPresent();
            assertThat(folder).isDirectoryContaining(path -> path.equals(used.path()));
            assertThat(left).doesNotExist();
        }
    }

    private ScratchServer start(ScratchSettings with) throws IOException {
        return ScratchServer.start(folder.resolve("data"), source.database(), with);
    }

    private Scratch restored(PointInTime point, ScratchSettings with, Scratch.Watcher watcher) throws IOException {
        ScratchRequest request =
                new ScratchRequest(Optional.empty(), Optional.of(point), folder, source.database(), with);
        return Scratch.restored(source.repository(), request, new SplittableRandom(1), watcher);
    }
}
