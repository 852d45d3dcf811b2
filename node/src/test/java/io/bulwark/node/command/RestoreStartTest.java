package io.bulwark.node.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Settings;
import io.bulwark.persistence.repository.KeyRing;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** {@code bulwark restore --start}, of a backup that {@code bulwark backup take} took of a node's own server. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RestoreStartTest {
    private static final Pattern STARTED = Pattern.compile("Started on 127\\.0\\.0\\.1:([0-9]+) \\(process ([0-9]+)\\),"
            + " with the users and passwords that it had; its log is (\\S+), and `(kill -INT [0-9]+)` ends it");

    private Path folder = Path.of("");
    private Path config = Path.of("");
    private String password = "";

    @BeforeAll
    void takeABackup(@TempDir Path given) throws IOException, SQLException {
        folder = given;
        Path keys = given.resolve("keys");
        Files.writeString(keys, KeyRing.newLine("test"));
        Files.setPosixFilePermissions(keys, PosixFilePermissions.fromString("rw-------"));
        config = given.resolve("bulwark.conf");
        Files.writeString(config, """
                bulwark.data-dir = "%1$s/node"
                bulwark.backup.repository = "%1$s/repository"
                bulwark.backup.key-file = "%1$s/keys"
                """.formatted(given));
        try (EmbeddedPostgres server = EmbeddedPostgres.start(given.resolve("node/postgres"), Settings.DEFAULT)) {
            password = server.password();
            try (Connection connection = connect(server.jdbcUrl());
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE t AS SELECT 42 AS n");
            }
            assertThat(run("backup", "take").status()).isZero();
        }
    }

    private record Answer(int status, String out, String err) {}

    private Answer run(String... words) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine line = BulwarkCommand.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(err));
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--config", config.toString()));
        int status = line.execute(all.toArray(String[]::new));
        return new Answer(status, out.toString(), err.toString());
    }

    private Connection connect(String url) throws SQLException {
        return DriverManager.getConnection(url, "bulwark", password);
    }

    /**
     * What the command said of the server that it left running.
     *
     * @param ending what ends it, as a shell takes it
     */
    private record Started(int port, ProcessHandle process, Path log, String ending) implements AutoCloseable {
        static Started by(Answer answer) {
            assertThat(answer.status()).as(answer.err()).isZero();
            Matcher said = STARTED.matcher(answer.out());
            assertThat(said.find()).as(answer.out()).isTrue();
            ProcessHandle process =
                    ProcessHandle.of(Long.parseLong(said.group(2))).orElseThrow();
            return new Started(Integer.parseInt(said.group(1)), process, Path.of(said.group(3)), said.group(4));
        }

        void end() throws Exception {
            assertThat(new ProcessBuilder("sh", "-c", ending).start().waitFor()).isZero();
            process.onExit().get(30, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private void hasTheRowAndTakesWrites(Started started) throws SQLException {
        try (Connection connection = connect("jdbc:postgresql://127.0.0.1:" + started.port() + "/bulwark");
                Statement statement = connection.createStatement()) {
            statement.execute("INSERT INTO t VALUES (43)");
            try (ResultSet row = statement.executeQuery("SELECT string_agg(n::text, ' ' ORDER BY n) FROM t")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("42 43");
            }
        }
    }

    @Test
    void start_servesWhatWasRestored_whereItSays_untilItIsEndedAsItSays() throws Exception {
        Path data = folder.resolve("restored");
        try (Started started = Started.by(run("restore", "--to", data.toString(), "--start"))) {
            hasTheRowAndTakesWrites(started);
            assertThat(started.log())
                    .hasParent(folder.resolve("restored.server"))
                    .isNotEmptyFile();
            started.end();
        }
        assertThat(data.resolve("postmaster.pid")).as("after an end in order").doesNotExist();
        assertThat(data.resolve("PG_VERSION")).hasContent("18");
    }

    @Test
    void programs_areThoseOfTheFolder() throws Exception {
        Path bin = Files.createDirectory(folder.resolve("bin"));
        Path called = folder.resolve("called");
        program(bin, "#!/bin/sh\necho \"$@\" >> " + called + "\nexec " + own() + "/postgres \"$@\"\n");
        Path data = folder.resolve("by-others");
        Answer answer = run("restore", "--to", data.toString(), "--end", "--start", "--programs", bin.toString());
        try (Started started = Started.by(answer)) {
            hasTheRowAndTakesWrites(started);
            assertThat(called).content().contains("--version", "-D " + data + " -c port=" + started.port());
            started.end();
        }
    }

    /** The folder with the programs that the node unpacked. */
    private Path own() throws IOException {
        try (DirectoryStream<Path> unpacked = Files.newDirectoryStream(folder.resolve("node/postgres"), "bin-*")) {
            return unpacked.iterator().next().resolve("bin");
        }
    }

    private static void program(Path bin, String script) throws IOException {
        Path postgres = bin.resolve("postgres");
        Files.writeString(postgres, script);
        assertThat(postgres.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void programsOfAnotherVersion_areRefusedBeforeAnythingIsRestored() throws IOException {
        Path bin = Files.createDirectory(folder.resolve("bin-of-16"));
        program(bin, "#!/bin/sh\necho 'postgres (PostgreSQL) 16.4'\n");
        Path data = folder.resolve("not-there");
        Answer answer = run("restore", "--to", data.toString(), "--start", "--programs", bin.toString());
        assertThat(answer.status()).isEqualTo(1);
        assertThat(answer.err()).contains("is of PostgreSQL 18, and the programs in " + bin + " are of PostgreSQL 16");
        assertThat(data).doesNotExist();
        assertThat(run("restore", "--to", data.toString(), "--programs", bin.toString())
                        .status())
                .as("without --start")
                .isEqualTo(2);
    }
}
