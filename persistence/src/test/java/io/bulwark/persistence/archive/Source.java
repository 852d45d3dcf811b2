package io.bulwark.persistence.archive;

import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.database.TestServer;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** The server that is archived, with what tests ask of it. */
record Source(EmbeddedPostgres server, Path directory) {
    Database database() {
        return Database.of(server);
    }

    Path pgWal() {
        return directory.resolve("data/pg_wal");
    }

    String query(String sql) {
        try (Connection connection = TestServer.connect(database());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return String.valueOf(row.getString(1));
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    void execute(String... statements) {
        TestServer.execute(database(), statements);
    }

    /** Whether it is not, or no longer, replaying another server's log. */
    boolean takesWrites() {
        return query("SELECT pg_is_in_recovery()").equals("f");
    }

    /** From where on the server keeps its log for this slot. */
    Lsn kept(String slot) {
        return Lsn.parse(query("SELECT restart_lsn FROM pg_replication_slots WHERE slot_name = '" + slot + "'"));
    }

    Lsn flushed() {
        return Lsn.parse(query("SELECT pg_current_wal_flush_lsn()"));
    }

    /** Writes a little, then ends the begun segment; returns where the next one begins. */
    Lsn endSegment() {
        execute("SELECT pg_logical_emit_message(true, 'test', 'something')");
        Lsn end = Lsn.parse(query("SELECT pg_switch_wal()"));
        SegmentSize size = SegmentSize.USUAL;
        return size.start(size.numberOf(end.plus(-1)) + 1);
    }

    /** Writes from several connections at once, about 1 MiB of log for each round of each. */
    void write(int connections, int rounds) {
        execute("CREATE TABLE IF NOT EXISTS written (n int, filler text)");
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<CompletableFuture<Void>> writers = new ArrayList<>();
            for (int i = 0; i < connections; i++) {
                writers.add(CompletableFuture.runAsync(() -> write(rounds), executor));
            }
            writers.forEach(CompletableFuture::join);
        }
    }

    private void write(int rounds) {
        try (Connection connection = TestServer.connect(database());
                PreparedStatement insert = connection.prepareStatement("INSERT INTO written"
                        + " SELECT g, repeat(md5(random()::text), 16) FROM generate_series(1, 1800) g")) {
            for (int round = 0; round < rounds; round++) {
                insert.executeUpdate();
            }
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }
}
