package io.bulwark.persistence.cluster;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import javax.sql.DataSource;

/**
 * Which database this is, as far as a cluster is concerned; goes along with the data when it is restored elsewhere.
 *
 * @param database drawn when the schema was made
 * @param schema the number of the latest script that the database has
 */
public record ClusterIdentity(UUID database, int schema) {
    /** Reads it. */
    public static ClusterIdentity read(DataSource database) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT id, (SELECT max(version) FROM bulwark_migration) FROM cluster_identity")) {
            if (!row.next()) {
                throw new SQLException("The table cluster_identity is empty: restore its row from a backup");
            }
            return new ClusterIdentity(row.getObject(1, UUID.class), row.getInt(2));
        }
    }
}
