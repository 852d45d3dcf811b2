package io.bulwark.persistence.scratch;

import io.bulwark.persistence.backup.BackupRequest;
import io.bulwark.persistence.backup.BaseBackup;
import io.bulwark.persistence.backup.Progress;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.repository.Backup;
import io.bulwark.persistence.repository.BackupStart.Kind;
import io.bulwark.persistence.repository.KeyRing;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.repository.TestStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.stream.Stream;

/** A server, and a repository with its backups and its log, for tests that go back in time. */
public final class Past implements AutoCloseable {
    private final Path directory;
    private final EmbeddedPostgres server;
    private final Repository repository;

    private Past(Path directory, EmbeddedPostgres server, Repository repository) {
        this.directory = directory;
        this.server = server;
        this.repository = repository;
    }

    /** @param settings lines for the server's configuration */
    public static Past in(Path directory, String... settings) throws IOException {
        Path source = Files.createDirectories(directory.resolve("source"));
        return new Past(directory, Servers.startThrowaway(source, settings), repository(directory));
    }

    /** What is in the repository of this directory. */
    public static TestStore store(Path directory) {
        return TestStore.at(directory.resolve("repository"));
    }

    /** The repository of the same directory, opened once more. */
    public static Repository repository(Path directory) throws IOException {
        Path keys = directory.resolve("keys");
        if (!Files.exists(keys)) {
            Files.writeString(keys, KeyRing.newLine("test"));
        }
        return Repository.open(
                store(directory).open(InstantSource.system()),
                KeyRing.ofEnvironment(Map.of("KEYS", Files.readString(keys)), "KEYS"),
                InstantSource.system());
    }

    public Repository repository() {
        return repository;
    }

    public Database database() {
        return Database.of(server);
    }

    public void execute(String... statements) {
        TestServer.execute(database(), statements);
    }

    public Backup backup(Kind kind) throws IOException {
        return new BaseBackup(database(), repository, InstantSource.system())
                .take(BackupRequest.of(kind, ""), Progress.SILENT)
                .backup();
    }

    /** By the server's clock. */
    public Instant now() {
        long micros =
                Long.parseLong(one(database(), "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint"));
        return Instant.ofEpochSecond(micros / 1_000_000, micros % 1_000_000 * 1_000);
    }

    /** Ends the begun segment of the log, and puts what is whole into the repository. */
    public void archive() throws IOException {
        archive(database(), directory.resolve("source/data/pg_wal"), "0".repeat(24));
    }

    /**
     * The same of another server, with the histories of its timelines.
     *
     * @param from the name of the first segment
     */
    public void archive(Database of, Path log, String from) throws IOException {
        one(of, "SELECT pg_switch_wal()");
        String begun = one(of, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())");
        try (Stream<Path> files = Files.list(log)) {
            for (Path file : files.sorted().toList()) {
                String name = String.valueOf(file.getFileName());
                boolean whole = name.matches("[0-9A-F]{24}") && name.compareTo(from) >= 0 && name.compareTo(begun) < 0;
                if (whole || name.endsWith(".history")) {
                    try (InputStream content = Files.newInputStream(file)) {
                        repository.wal().put(name, content);
                    }
                }
            }
        }
    }

    /** The first column of the first row. */
    public static String one(Database database, String sql) {
        try (Connection connection = TestServer.connect(database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        repository.close();
        server.close();
    }
}
