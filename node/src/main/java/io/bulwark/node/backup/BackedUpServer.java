package io.bulwark.node.backup;

import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.NodeConfig;
import io.bulwark.node.start.OpenDatabase;
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
        NodeConfig.Database named = backup.source().orElseGet(config::database);
        if (named.url().isPresent()) {
            return new BackedUpServer(
                    new Database(named.url().get(), named.user(), named.password()), Optional.empty());
        }
        Optional<EmbeddedPostgres.Running> running =
                EmbeddedPostgres.running(config.dataDir().resolve("postgres"));
        if (running.isPresent()) {
            EmbeddedPostgres.Running its = running.get();
            return new BackedUpServer(new Database(its.jdbcUrl(), its.user(), its.password()), Optional.empty());
        }
        OpenDatabase own = OpenDatabase.open(config);
        return new BackedUpServer(own.database(), Optional.of(own));
    }

    @Override
    public void close() {
        started.ifPresent(OpenDatabase::close);
    }
}
