package io.bulwark.node.backup;

import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.database.OpenDatabase;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.embedded.EmbeddedPostgres;
import java.util.Optional;

/**
 * The server that is backed up: one that was named for it, else that of the nodes. Where they bring their own and none
 * runs, it is started for as long as it is needed.
 */
public record BackedUpServer(Database database, Optional<OpenDatabase> started) implements AutoCloseable {
    /** Finds it. */
    public static BackedUpServer of(BackupConfig backup, NodeConfig config) {
        Optional<Database> running = running(backup, config);
        if (running.isPresent()) {
            return new BackedUpServer(running.get(), Optional.empty());
        }
        OpenDatabase own = OpenDatabase.open(config);
        return new BackedUpServer(own.database(), Optional.of(own));
    }

    /**
     * How it is reached now, for whoever must not start it: the node would find its directory taken. One that was named
     * is always told; one that a node brings has another port after each start of the node, and is absent meanwhile.
     */
    public static Optional<Database> running(BackupConfig backup, NodeConfig config) {
        NodeConfig.Database named = backup.source().orElseGet(config::database);
        return named.url()
                .map(url -> new Database(url, named.user(), named.password()))
                .or(() -> EmbeddedPostgres.running(config.dataDir().resolve("postgres"))
                        .map(its -> new Database(its.jdbcUrl(), its.user(), its.password())));
    }

    @Override
    public void close() {
        started.ifPresent(OpenDatabase::close);
    }
}
