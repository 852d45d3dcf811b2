package io.bulwark.persistence.database;

import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.embedded.Servers;
import io.bulwark.persistence.schema.Migrations;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

/** One real server for all tests of a JVM; each class takes a database of its own. */
public final class TestServer {
    private static final AtomicInteger databases = new AtomicInteger();

    private TestServer() {}

    private static final class Holder {
        static final EmbeddedPostgres SERVER = start();

        private static EmbeddedPostgres start() {
            try {
                Path directory = Files.createDirectories(Path.of("target")).toAbsolutePath();
                EmbeddedPostgres server = Servers.startThrowaway(Files.createTempDirectory(directory, "test-server-"));
                Runtime.getRuntime().addShutdownHook(new Thread(server::close, "stop-test-server"));
                return server;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /** The server itself. */
    public static EmbeddedPostgres server() {
        return Holder.SERVER;
    }

    /** An empty database. */
    public static Database emptyDatabase() {
        String name = "test_" + databases.incrementAndGet();
        execute(Database.of(server()), "CREATE DATABASE " + name);
        return new Database(server().jdbcUrl(name), server().user(), server().password());
    }

    /** A database with the whole schema. */
    public static Database migratedDatabase() {
        Database database = emptyDatabase();
        try (var pool = database.pool("test-migrations", 1)) {
            new Migrations(pool).up();
        }
        return database;
    }

    /** A connection of its own, outside every pool. */
    public static Connection connect(Database database) throws SQLException {
        return DriverManager.getConnection(database.url(), database.user(), database.password());
    }

    /** Runs statements, each on its own. */
    public static void execute(Database database, String... statements) {
        try (Connection connection = connect(database);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
