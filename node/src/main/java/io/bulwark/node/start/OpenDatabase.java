package io.bulwark.node.start;

import com.zaxxer.hikari.HikariDataSource;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import io.bulwark.persistence.schema.Migrations;
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
        this.pool = database.pool("bulwark-control", POOL_MAX);
    }

    /** Connects, or starts a server in the data directory first. */
    public static OpenDatabase open(NodeConfig config) {
        NodeConfig.Database wanted = config.database();
        if (wanted.url().isPresent()) {
            return new OpenDatabase(
                    new Database(wanted.url().get(), wanted.user(), wanted.password()), Optional.empty());
        }
        EmbeddedPostgres server = EmbeddedPostgres.start(
                config.dataDir().resolve("postgres"),
                io.bulwark.persistence.embedded.Settings.DEFAULT.withPort(wanted.embeddedPort()));
        return new OpenDatabase(Database.of(server), Optional.of(server));
    }

    /** Brings the schema up to date, or refuses to go on with an older one when the node is not to migrate. */
    public void prepareSchema(boolean migrate) {
        Migrations migrations = new Migrations(pool);
        if (migrate) {
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
