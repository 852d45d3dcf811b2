package io.bulwark.node.restore;

import io.bulwark.node.backup.Repositories;
import io.bulwark.node.config.BackupConfig;
import io.bulwark.node.config.Settings;
import io.bulwark.persistence.database.Database;
import io.bulwark.persistence.repository.Repository;
import io.bulwark.persistence.tenantrestore.Erasures;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases what is on the list from a database that was restored, before the first node serves on it. A restore leaves a mark
 * in the server's settings, and what was done for that mark is noted with the database, so that it is done once.
 */
public final class ErasuresAfterRestore {
    private static final Logger LOG = LoggerFactory.getLogger(ErasuresAfterRestore.class);
    private static final String MARK = "SELECT coalesce(current_setting('bulwark.lineage', true), ''),"
            + " coalesce(current_setting('bulwark.erased', true), ''), quote_ident(current_database())";

    private ErasuresAfterRestore() {}

    /**
     * Does nothing where the database was not restored since. Where no repository is configured, there is no list: that is
     * logged, and left to a node that has one.
     *
     * @param pool whose commits wait for nobody, because there is no archiver yet
     * @throws IllegalStateException when what is on the list cannot be erased: the database must not be used
     */
    public static void apply(Settings settings, Database database, DataSource pool, InstantSource clock) {
        try {
            Optional<Restored> restored = restored(pool);
            if (restored.isPresent() && !BackupConfig.isSet(settings)) {
                LOG.warn(
                        "the database was restored, and this node has no repository to read the erasure list from: start"
                                + " one that has, or run `bulwark erase apply`, because what was deleted by law may be there");
            } else if (restored.isPresent()) {
                apply(BackupConfig.of(settings), database, clock);
                restored.get().note(pool);
            }
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(
                    "The database was restored, and what is on the erasure list cannot be erased from it: "
                            + e.getMessage()
                            + "; make the repository readable and start the node again, because what was deleted by law"
                            + " may be there",
                    e);
        }
    }

    private static void apply(BackupConfig config, Database database, InstantSource clock) throws IOException {
        try (Repository repository = Repositories.open(config, System.getenv(), clock)) {
            List<Erasures.Applied> applied = Erasures.apply(
                    database, config.tenantTables(), repository.erasures().erasures());
            LOG.info(
                    "the database was restored: {} on the erasure list, {} rows of it were back and are erased",
                    applied.size(),
                    applied.stream().mapToLong(Erasures.Applied::rows).sum());
        }
    }

    /** @param database quoted */
    private record Restored(String lineage, String database) {
        void note(DataSource pool) throws SQLException {
            try (Connection connection = pool.getConnection();
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER DATABASE " + database + " SET bulwark.erased = '" + lineage + "'");
            }
        }
    }

    private static Optional<Restored> restored(DataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(MARK)) {
            row.next();
            String lineage = row.getString(1);
            return lineage.isEmpty() || lineage.equals(row.getString(2)) || !lineage.matches("[0-9a-f]+")
                    ? Optional.empty()
                    : Optional.of(new Restored(lineage, row.getString(3)));
        }
    }
}
