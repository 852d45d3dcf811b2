package io.bulwark.node.database;

import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.persistence.cluster.MemberRoster;
import io.bulwark.persistence.cluster.RecordedMember;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.schema.Migrations;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The database of a node while it runs: one that was configured, or a server of its own. Nothing else knows which. */
public final class OpenDatabase implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OpenDatabase.class);
    /** Migrations, the directory of tenants, the readiness check. */
    private static final int POOL_MAX = 6;

    private final Database database;
    private final Optional<EmbeddedPostgres> server;
    private final HikariDataSource pool;

    private OpenDatabase(Database database, Optional<EmbeddedPostgres> server) {
        this.database = database;
        this.server = server;
        this.pool = database.poolWithoutStandby("bulwark-control", POOL_MAX);
    }

    /** Connects, or starts a server in the data directory first. */
    public static OpenDatabase open(NodeConfig config) {
        NodeConfig.Database wanted = config.database();
        if (wanted.url().isPresent()) {
            return new OpenDatabase(
                    new Database(wanted.url().get(), wanted.user(), wanted.password()), Optional.empty());
        }
        Path directory = config.dataDir().resolve("postgres");
        if (!config.cluster().join().isEmpty()) {
            return new OpenDatabase(neighbours(directory), Optional.empty());
        }
        EmbeddedPostgres server = EmbeddedPostgres.start(
                directory, io.bulwark.persistence.embedded.Settings.DEFAULT.withPort(wanted.embeddedPort()));
        return new OpenDatabase(Database.of(server), Optional.of(server));
    }

    /** Who joins works on the members' database: without a URL it can only be the one of a node beside it. */
    private static Database neighbours(Path directory) {
        EmbeddedPostgres.Running running = EmbeddedPostgres.running(directory)
                .orElseThrow(() -> new IllegalStateException("A node that joins others needs their database, and none"
                        + " runs in " + directory + ": set BULWARK_DATABASE_URL, or set BULWARK_DATA_DIR to the data"
                        + " directory of the node that brings the database"));
        return new Database(running.jdbcUrl(), running.user(), running.password());
    }

    /** Brings the schema up to date, or refuses to go on with an older one when the node is not to migrate. */
    public void prepareSchema(boolean migrate) {
        Migrations migrations = new Migrations(pool);
        if (migrate) {
            refuseUnderOthers(migrations);
            List<String> applied = migrations.up();
            LOG.info("schema is up to date{}", applied.isEmpty() ? "" : ", applied " + applied);
            return;
        }
        List<String> pending = migrations.status().pending();
        if (!pending.isEmpty()) {
            throw new IllegalStateException("The schema lacks " + pending
                    + ": run `bulwark migrate up`, or set bulwark.database.migrate-on-start to true");
        }
        LOG.info("schema is up to date");
    }

    /** Members of an older release must not find another schema under their feet. */
    private void refuseUnderOthers(Migrations migrations) {
        List<String> pending = migrations.status().pending();
        List<RecordedMember> running = pending.isEmpty() ? List.of() : running();
        if (!running.isEmpty()) {
            throw new IllegalStateException(
                    "The schema lacks " + pending + ", and members of a release without work on it" + " (one is "
                            + running.getFirst().address() + "): stop them all first, then start this one");
        }
    }

    private List<RecordedMember> running() {
        try {
            return new MemberRoster(pool).runningIfKnown();
        } catch (SQLException e) {
            throw new IllegalStateException("The database cannot say who works on it: " + e.getMessage(), e);
        }
    }

    /** Where it is and as whom. */
    public Database database() {
        return database;
    }

    /** Connections for whatever is not on the path of a call. */
    public HikariDataSource pool() {
        return pool;
    }

    /** For the start-up line. */
    public String described() {
        return server.map(own -> "PostgreSQL " + own.version() + " of its own")
                .orElse("a PostgreSQL that was configured");
    }

    /** Lets go of the connections, then stops the server if it is the node's own. */
    @Override
    public void close() {
        pool.close();
        server.ifPresent(EmbeddedPostgres::close);
    }
}
