package io.bulwark.persistence.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @Test
    void start_onAnEmptyDirectory_servesWithDurableSettings() throws SQLException {
        try (EmbeddedPostgres server = start()) {
            assertThat(show(server, "server_version")).isEqualTo("18.6");
            assertThat(server.version()).startsWith(show(server, "server_version"));
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums")) {
                assertThat(show(server, setting)).as(setting).isEqualTo("on");
            }
            assertThat(show(server, "wal_level")).isEqualTo("replica");
            assertThat(show(server, "summarize_wal")).isEqualTo("on");
            assertThat(show(server, "listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(show(server, "server_encoding")).isEqualTo("UTF8");
            assertThat(query(server, "SELECT datlocale FROM pg_database WHERE datname = 'bulwark'"))
                    .isEqualTo("C.UTF-8");
        }
    }

    @Test
    void password_isAskedForAndReadableForItsOwnerOnly() throws IOException {
        Servers.linkPrograms(directory);
        try (EmbeddedPostgres server = start()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("password"))))
                    .isEqualTo("rw-------");
            Database wrong = new Database(server.jdbcUrl(), server.user(), "guess");
            assertThatThrownBy(() -> TestServer.connect(wrong)).hasMessageContaining("password authentication failed");
        }
    }

    @Test
    void data_outlivesAStopAndAStart() throws Exception {
        Servers.copyStopped(directory);
        try (EmbeddedPostgres server = start()) {
            execute(server, "CREATE TABLE kept AS SELECT 42 AS n");
        }
        try (EmbeddedPostgres server = start()) {
            assertThat(query(server, "SELECT n FROM kept")).isEqualTo("42");
        }
    }

    @Test
    void close_leavesNoProcessBehind() throws Exception {
        Servers.copyStopped(directory);
        EmbeddedPostgres server = start();
        ServerProcesses processes = new ServerProcesses(directory.toRealPath().resolve("data"));
        assertThat(processes.live()).contains(server.pid());
        server.close();
        assertThat(processes.live()).isEmpty();
    }

    @Test
    void running_isTheServerThatANodeRunsOnTheDirectory_andNoneAfterIt() throws Exception {
        Servers.copyStopped(directory);
        assertThat(EmbeddedPostgres.running(directory)).isEmpty();
        try (EmbeddedPostgres server = start()) {
            assertThat(EmbeddedPostgres.running(directory))
                    .contains(new EmbeddedPostgres.Running(server.jdbcUrl(), server.user(), server.password()));
        }
        assertThat(EmbeddedPostgres.running(directory)).isEmpty();
    }

    @Test
    void start_whileAnotherNodeHasTheDirectory_isRefused() throws Exception {
        Servers.copyStopped(directory);
        try (EmbeddedPostgres server = start()) {
            assertThat(server.port()).isPositive();
            assertThatThrownBy(this::start)
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("Another node uses")
                    .hasMessageContaining(directory.getFileName().toString());
        }
    }

    @Test
    void killedServer_isStartedAgainOnTheSamePortWithItsData() throws Exception {
        Servers.copyStopped(directory);
        try (EmbeddedPostgres server = start()) {
            execute(server, "CREATE TABLE kept AS SELECT 1 AS n");
            int port = server.port();
            for (int round = 1; round <= 2; round++) {
                long killed = server.pid();
                Programs.signal(killed, "KILL");
                await().atMost(SOON).until(() -> server.pid() != killed && answers(server));
                assertThat(server.port()).isEqualTo(port);
                assertThat(query(server, "SELECT n FROM kept")).isEqualTo("1");
            }
        }
    }

    @Test
    void serverStoppedBySomebodyElse_isStartedAgain() throws Exception {
        Servers.copyStopped(directory);
        try (EmbeddedPostgres server = start()) {
            long stopped = server.pid();
            Programs.signal(stopped, "INT");
            await().atMost(SOON).until(() -> server.pid() != stopped && answers(server));
        }
    }

    @Test
    void serverOfADeadNode_isReplaced() throws Exception {
        Servers.copyStopped(directory);
        Path data = directory.toRealPath().resolve("data");
        Path binaries = Binaries.unpack(directory.toRealPath());
        ServerLog serverLog = new ServerLog(directory);
        Launcher orphaning =
                new Launcher(binaries, new DataDirectory(directory.toRealPath()), serverLog, Settings.DEFAULT);
        int port = Launcher.freePort();
        Process orphan = orphaning.launch(port);
        orphaning.awaitReady(orphan, port, 0);
        try (EmbeddedPostgres server = start()) {
            assertThat(orphan.isAlive()).isFalse();
            assertThat(new ServerProcesses(data).live()).contains(server.pid());
        }
    }

    @Test
    void pidFileOfNobody_isIgnored() throws Exception {
        Servers.copyStopped(directory);
        start().close();
        Files.writeString(
                directory.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n/elsewhere\n");
        try (EmbeddedPostgres server = start()) {
            assertThat(answers(server)).isTrue();
        }
    }

    @Test
    void firstStartBrokenOffHalfWay_isBegunAnew() throws IOException {
        Files.createDirectories(directory.resolve("data-partial-1/base"));
        Files.createDirectories(directory.resolve("bin-partial-1/bin"));
        Files.createDirectories(directory.resolve("bin-17.0.0/bin"));
        try (EmbeddedPostgres server = start()) {
            assertThat(answers(server)).isTrue();
            try (var left = Files.newDirectoryStream(directory, "{bin,data}-*")) {
                assertThat(left).containsExactly(directory.resolve("bin-" + Binaries.VERSION));
            }
        }
    }

    @Test
    void dataOfAnotherMajorVersion_isRefused() throws IOException {
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/PG_VERSION"), "16\n");
        assertThatThrownBy(this::start)
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("is of PostgreSQL 16")
                .hasMessageContaining("pg_upgrade");
    }

    @Test
    void missingPasswordBesideData_isRefused() throws IOException {
        Files.createDirectories(directory.resolve("data"));
        Files.writeString(directory.resolve("data/PG_VERSION"), "18\n");
        assertThatThrownBy(this::start).hasMessageContaining("password is missing");
    }

    @Test
    void tooLittleSpace_isRefusedBeforeAnythingIsMade() {
        Settings greedy = Settings.DEFAULT.withFreeSpaceMinMiB(Integer.MAX_VALUE);
        assertThatThrownBy(() -> EmbeddedPostgres.start(directory, greedy))
                .hasMessageContaining("MiB free in")
                .hasMessageContaining("a first start needs 2147483647 MiB");
        assertThat(directory.resolve("data")).doesNotExist();
    }

    @Test
    void directoryThatIsAFile_isRefused() throws IOException {
        Path file = Files.createFile(directory.resolve("file"));
        assertThatThrownBy(() -> EmbeddedPostgres.start(file, Settings.DEFAULT))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("cannot be started in " + file);
    }

    @Test
    void directoryOfSomebodyElse_isRefusedToRootBeforeAnythingIsMade() throws IOException {
        assumeTrue(Files.getAttribute(directory, "unix:uid").equals(0), "only root can give a directory away");
        Path foreign = Files.createDirectory(directory.resolve("foreign"));
        Files.setPosixFilePermissions(foreign, PosixFilePermissions.fromString("rwx------"));
        Files.setAttribute(foreign, "unix:uid", 12_345);
        assertThatThrownBy(() -> EmbeddedPostgres.start(foreign, Settings.DEFAULT))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("cannot use " + foreign.toRealPath())
                .hasMessageContaining("belongs to somebody else");
        assertThat(foreign.resolve("data")).doesNotExist();
    }

    @Test
    void server_runsInASessionOfItsOwn_soThatCtrlCReachesTheNodeOnly() throws Exception {
        Servers.copyStopped(directory);
        try (EmbeddedPostgres server = start()) {
            String stat = Files.readString(Path.of("/proc", Long.toString(server.pid()), "stat"));
            String session = stat.substring(stat.lastIndexOf(')')).split(" ", -1)[4];
            assertThat(session).isEqualTo(Long.toString(server.pid()));
        }
    }

    @Test
    void takenPort_isNamedInTheRefusal() throws Exception {
        Servers.copyStopped(directory);
        try (EmbeddedPostgres server = start()) {
            Path second = Files.createDirectory(directory.resolve("second"));
            Servers.copyStopped(second);
            Settings same = Settings.DEFAULT.withPort(server.port());
            assertThatThrownBy(() -> EmbeddedPostgres.start(second, same))
                    .isInstanceOf(EmbeddedPostgresException.class)
                    .hasMessageContaining("Address already in use");
        }
    }

    @Test
    void platformWithoutBinaries_isRefused() {
        assertThatThrownBy(() -> Binaries.archive("Mac OS X", "aarch64"))
                .isInstanceOf(EmbeddedPostgresException.class)
                .hasMessageContaining("no embedded PostgreSQL for Mac OS X on aarch64");
        assertThatThrownBy(() -> Binaries.archive("Linux", "riscv64")).hasMessageContaining("Linux on riscv64");
    }

    @Test
    void everyPlatformNamed_hasItsArchiveOnTheClassPath() {
        for (String arch : List.of("amd64", "aarch64")) {
            String archive = Binaries.archive("Linux", arch);
            assertThat(Binaries.class.getResource("/" + archive)).as(archive).isNotNull();
        }
    }

    private EmbeddedPostgres start() {
        return EmbeddedPostgres.start(directory, Settings.DEFAULT);
    }

    private static boolean answers(EmbeddedPostgres server) {
        try {
            return query(server, "SELECT 1").equals("1");
        } catch (SQLException away) {
            return false;
        }
    }

    private static String show(EmbeddedPostgres server, String setting) throws SQLException {
        return query(server, "SHOW " + setting);
    }

    private static void execute(EmbeddedPostgres server, String sql) {
        TestServer.execute(Database.of(server), sql);
    }

    private static String query(EmbeddedPostgres server, String sql) throws SQLException {
        try (Connection connection = TestServer.connect(Database.of(server));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getString(1);
        }
    }
}
